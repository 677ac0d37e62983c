using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Throughline.Core.Events;

namespace Throughline.Server.Api;

/// <summary>Reads a small JSON document from a request.</summary>
internal static class DocumentBody
{
    private const int BytesMax = 64 * 1024;

    /// <summary>Reads a document's members; null: something is wrong with it, and its sender was told.</summary>
    /// <param name="read">Takes all members that there may be.</param>
    public static async Task<T?> MembersAsync<T>(HttpContext context, Func<ObjectReader, T> read)
        where T : struct
    {
        (JsonDocument? body, Problem? problem) = await ReadAsync(context);
        using (body)
        {
            T members = default;
            if (body is not null)
            {
                ObjectReader reader = new(body.RootElement);
                members = read(reader);
                if (!reader.Finish(out Rejection rejection))
                    problem = Problem.Of(rejection);
            }
            if (problem is null)
                return members;
            await problem.WriteAsync(context);
            return null;
        }
    }

    /// <summary>The document, or the problem that its sender is told.</summary>
    public static async Task<(JsonDocument? Document, Problem? Problem)> ReadAsync(HttpContext context)
    {
        if (
            !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        )
            return (null, Problem.Of(ProblemReason.UnsupportedMediaType, "Send application/json."));
        byte[] buffer = new byte[BytesMax + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(
            buffer,
            buffer.Length,
            throwOnEndOfStream: false,
            context.RequestAborted
        );
        if (length > BytesMax)
            return (null, Problem.Of(ProblemReason.BodyTooLarge, $"At most {BytesMax} bytes are taken."));
        if (length == 0)
            return (null, Problem.Of(ProblemReason.EmptyBody));
        try
        {
            JsonDocument document = JsonDocument.Parse(
                buffer.AsMemory(0, length),
                new() { MaxDepth = EventLimits.Depth }
            );
            return (document, null);
        }
        catch (JsonException)
        {
            Rejection malformed = new(RejectionReason.MalformedJson, "", "The body is not one JSON document.");
            return (null, Problem.Of(malformed));
        }
    }
}
