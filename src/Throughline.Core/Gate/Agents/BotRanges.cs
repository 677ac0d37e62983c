using System.Globalization;
using System.Text.Json;
using Throughline.Cel.Library;

namespace Throughline.Core.Gate.Agents;

/// <summary>
/// The addresses that a bot's operator publishes: <c>{"creationTime": "...", "prefixes": [{"ipv4Prefix": "..."}, {"ipv6Prefix": "..."}]}</c>,
/// the form of Google, Bing, Apple, OpenAI and others; or plain text, an address or a block a line, where <c>#</c> begins a remark. The
/// content says which. Immutable.
/// </summary>
public sealed class BotRanges
{
    /// <summary>More prefixes than these are refused.</summary>
    public const int MaxPrefixes = 100_000;

    // Wider ones are no bot's: they would verify everybody.
    private const int ShortestV4 = 8;
    private const int ShortestV6 = 16;

    private readonly (UInt128 First, UInt128 Last)[] v4;
    private readonly (UInt128 First, UInt128 Last)[] v6;

    private BotRanges(List<IpPrefix> prefixes, long? createdAt)
    {
        Count = prefixes.Count;
        CreatedAt = createdAt;
        v4 = Merge(prefixes.Where(prefix => !prefix.Address.IsV6));
        v6 = Merge(prefixes.Where(prefix => prefix.Address.IsV6));
    }

    /// <summary>Prefixes as published.</summary>
    public int Count { get; }

    /// <summary>When the operator says that it made the list: milliseconds since 1970.</summary>
    public long? CreatedAt { get; }

    public bool Contains(IpAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        (UInt128 First, UInt128 Last)[] ranges = address.IsV6 ? v6 : v4;
        int low = 0;
        int high = ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address.Bits > ranges[middle].Last)
                low = middle + 1;
            else if (address.Bits < ranges[middle].First)
                high = middle - 1;
            else
                return true;
        }
        return false;
    }

    /// <summary>Reads a published list. One mistake refuses it whole, so that a half list makes no impostors of real bots.</summary>
    public static BotRanges? TryParse(string text, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().TrimStart() is ['{' or '[', ..] ? OfJson(text, out error) : OfLines(text, out error);
    }

    private static BotRanges? OfJson(string json, out string error)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Of(document.RootElement, out error);
        }
        catch (JsonException fault)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"line {fault.LineNumber + 1}: is no JSON");
            return null;
        }
    }

    private static BotRanges? Of(JsonElement root, out string error)
    {
        error = "/prefixes: must be an array";
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("prefixes", out JsonElement entries)
            || entries.ValueKind != JsonValueKind.Array
        )
            return null;
        error = $"/prefixes: must have 1 to {MaxPrefixes} entries";
        if (entries.GetArrayLength() is 0 or > MaxPrefixes)
            return null;
        List<IpPrefix> prefixes = [];
        foreach (JsonElement entry in entries.EnumerateArray())
        {
            error = string.Create(CultureInfo.InvariantCulture, $"/prefixes/{prefixes.Count}: ");
            string reason = "must have ipv4Prefix or ipv6Prefix";
            if (PrefixOf(entry) is { } text && TryAdd(text, prefixes, out reason))
                continue;
            error += reason;
            return null;
        }
        error = "";
        return new(prefixes, CreationOf(root));
    }

    private static BotRanges? OfLines(string text, out string error)
    {
        List<IpPrefix> prefixes = [];
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int remark = line.IndexOf('#');
            ReadOnlySpan<char> entry = (remark < 0 ? line : line[..remark]).Trim();
            string reason = $"there are more than {MaxPrefixes} entries";
            if (entry.IsEmpty || (prefixes.Count < MaxPrefixes && TryAdd(entry.ToString(), prefixes, out reason)))
                continue;
            error = string.Create(CultureInfo.InvariantCulture, $"line {number}: {reason}");
            return null;
        }
        error = prefixes.Count == 0 ? "line 1: there is no address" : "";
        return prefixes.Count == 0 ? null : new(prefixes, createdAt: null);
    }

    private static bool TryAdd(string text, List<IpPrefix> prefixes, out string reason)
    {
        string block =
            text.Contains('/') ? text
            : text.Contains(':') ? text + "/128"
            : text + "/32"; // some operators publish single addresses
        if (!IpPrefix.TryParse(block, out IpPrefix prefix, out reason))
            return false;
        if (prefix.Length < (prefix.Address.IsV6 ? ShortestV6 : ShortestV4))
        {
            reason = "is too wide for a bot";
            return false;
        }
        prefixes.Add(prefix);
        return true;
    }

    private static string? PrefixOf(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return null;
        if (!entry.TryGetProperty("ipv4Prefix", out JsonElement text) && !entry.TryGetProperty("ipv6Prefix", out text))
            return null;
        return text.ValueKind == JsonValueKind.String ? text.GetString() : null;
    }

    private static long? CreationOf(JsonElement root) =>
        root.TryGetProperty("creationTime", out JsonElement text)
        && text.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(
            text.GetString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time
        )
            ? time.ToUnixTimeMilliseconds()
            : null;

    // Ascending and apart from one another, so that one search finds the only range that may hold an address.
    private static (UInt128, UInt128)[] Merge(IEnumerable<IpPrefix> prefixes)
    {
        List<(UInt128 First, UInt128 Last)> merged = [];
        foreach (IpPrefix prefix in prefixes.OrderBy(prefix => prefix.Masked().Address.Bits))
        {
            UInt128 first = prefix.Masked().Address.Bits;
            int host = prefix.Address.Length - prefix.Length;
            UInt128 last = first | (host >= 128 ? UInt128.MaxValue : ((UInt128)1 << host) - 1);
            if (merged.Count > 0 && first <= merged[^1].Last)
                merged[^1] = (merged[^1].First, UInt128.Max(last, merged[^1].Last));
            else
                merged.Add((first, last));
        }
        return [.. merged];
    }
}
