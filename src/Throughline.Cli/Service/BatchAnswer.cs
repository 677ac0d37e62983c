using System.Text.Json;

namespace Throughline.Cli.Service;

/// <summary>What the service said to a batch, once all of it is durable.</summary>
/// <param name="Accepted">Facts now; with a cluster behind, also those that are safely queued.</param>
/// <param name="Duplicates">Known already.</param>
/// <param name="Rejected">No facts; each is in <paramref name="Rejections"/>.</param>
/// <param name="NewNames">Names of nurturing events that the tenant had not seen before.</param>
internal sealed record BatchAnswer(
    int Accepted,
    int Duplicates,
    int Rejected,
    IReadOnlyList<EventRejection> Rejections,
    IReadOnlyList<string> NewNames
)
{
    /// <summary>To a batch without events.</summary>
    public static readonly BatchAnswer Empty = new(0, 0, 0, [], []);

    /// <summary>Reads the body of an answer; null if it tells no results.</summary>
    public static BatchAnswer? Read(JsonElement body)
    {
        if (
            !body.TryGetProperty("results", out JsonElement results)
            || !body.TryGetProperty("accepted", out JsonElement accepted)
        )
            return null;
        int queued = body.TryGetProperty("queued", out JsonElement waiting) ? waiting.GetInt32() : 0;
        return new(
            accepted.GetInt32() + queued,
            body.GetProperty("duplicates").GetInt32(),
            body.GetProperty("rejected").GetInt32(),
            [.. RejectionsOf(results)],
            [.. NewNamesOf(results)]
        );
    }

    private static IEnumerable<string> NewNamesOf(JsonElement results)
    {
        foreach (JsonElement result in results.EnumerateArray())
            if (result.TryGetProperty("newName", out JsonElement name))
                yield return name.GetString()!;
    }

    private static IEnumerable<EventRejection> RejectionsOf(JsonElement results)
    {
        int place = 0;
        foreach (JsonElement result in results.EnumerateArray())
        {
            // The minimal form leaves out accepted events and says each result's index instead.
            int index = result.TryGetProperty("index", out JsonElement given) ? given.GetInt32() : place;
            place++;
            if (result.GetProperty("status").GetString() != "rejected")
                continue;
            yield return new(
                index,
                result.GetProperty("reason").GetString()!,
                result.GetProperty("pointer").GetString()!,
                result.GetProperty("message").GetString()!
            );
        }
    }
}

/// <summary>One event of a batch that was refused.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
internal sealed record EventRejection(int Index, string Reason, string Pointer, string Message);
