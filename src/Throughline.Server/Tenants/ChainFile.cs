using System.Text;
using System.Text.Json;
using Throughline.Core.Gate.Decide;

namespace Throughline.Server.Tenants;

/// <summary>One exported head of a tenant's chain of decisions.</summary>
/// <param name="Next">Every later record is at this position of the log or after it.</param>
internal sealed record ExportedHead(string Time, string Id, string Link, long Records, long Next);

/// <summary>
/// <c>gate-chain.ndjson</c> in the tenant's folder: the heads of the chain as it grew, one a line. Copied to where nobody can change it,
/// it proves later that nothing was cut off the end of the log. A line that was half written is passed over.
/// </summary>
internal sealed class ChainFile(string folder)
{
    public const string Name = "gate-chain.ndjson";

    private readonly string path = System.IO.Path.Combine(folder, Name);

    public IReadOnlyList<ExportedHead> Read()
    {
        if (!File.Exists(path))
            return [];
        List<ExportedHead> heads = [];
        foreach (string line in File.ReadLines(path))
            if (Parse(line) is { } head)
                heads.Add(head);
        return heads;
    }

    public void Append(ExportedHead head)
    {
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(head, JsonSerializerOptions.Web));
        file.Write("\n"u8);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The head in the form that a verification takes; null if its texts are none.</summary>
    public static ChainHead? HeadOf(ExportedHead head) =>
        DecisionId.TryParse(head.Id, out DecisionId id) && TryLink(head.Link, out byte[] link) ? new(id, link) : null;

    public static bool TryLink(string text, out byte[] link)
    {
        link = [];
        if (text.Length != 2 * RecordChain.LinkSize || !text.All(char.IsAsciiHexDigit))
            return false;
        link = Convert.FromHexString(text);
        return true;
    }

    private static ExportedHead? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ExportedHead>(Encoding.UTF8.GetBytes(line), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
