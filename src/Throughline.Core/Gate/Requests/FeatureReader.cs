using System.Runtime.InteropServices;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Requests;

/// <summary>
/// Derives the features of a request from it alone. Texts that come again and again (paths, agents, networks, orders of headers) are
/// derived once. Not for two threads: each has a reader of its own; the table of agents may be shared.
/// </summary>
public sealed class FeatureReader(AgentTable agents)
{
    private const int CacheEntries = 1 << 12;

    /// <summary>Longer paths are derived again each time.</summary>
    private const int MaxCached = 512;

    private readonly TargetText targets = new();
    private readonly PathFacts?[] paths = new PathFacts?[CacheEntries];
    private readonly (UInt128 Bits, string? Text)[] networks = new (UInt128, string?)[CacheEntries];
    private readonly (UInt128 Bits, string? Text)[] blocks = new (UInt128, string?)[CacheEntries];
    private (string? Sent, string Text) host = (null, "");
    private readonly (ulong Hash, string? Text)[] orders = new (ulong, string?)[CacheEntries];

    /// <summary>May be replaced between two requests.</summary>
    public AgentTable Agents { get; set; } = agents;

    /// <summary>Fills all features; nothing of the request read before remains.</summary>
    public void Read(EdgeRequest request, RequestFeatures features)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(features);
        Copy(request, features);
        features.Host = HostOf(request.Host);
        PathFacts path = PathOf(request.Path, request.Query);
        features.Target = path.Target;
        features.File = path.File;
        features.Extension = path.Extension;
        features.IsStatic = path.IsStatic;
        features.Network = request.Address is null
            ? ""
            : PrefixOf(request.Address, networks, lengthV4: 24, lengthV6: 64);
        features.Block = request.Address is null ? "" : PrefixOf(request.Address, blocks, lengthV4: 16, lengthV6: 48);
        AgentProfile agent = Agents.Read(request.UserAgent ?? "");
        agent.CopyTo(features.Agent);
        features.HeaderOrder =
            (request.Knowledge & RequestKnowledge.HeaderOrder) != 0 ? OrderOf(request.Headers) : null;
        HeaderChecks.Read(request, agent, features.Consistency);
    }

    private static void Copy(EdgeRequest request, RequestFeatures features)
    {
        features.Knowledge = request.Knowledge;
        features.Time = request.Time;
        features.Address = request.Address;
        features.Method = request.Method;
        features.Path = request.Path;
        features.Query = request.Query;
        features.Scheme = request.Scheme;
        features.Protocol = request.Protocol;
        features.Referrer = request.Referrer;
        features.Ja3 = request.Ja3;
        features.Ja4 = request.Ja4;
        features.Asn = request.Asn;
        features.Country = request.Country;
        features.Session = request.Session;
        features.IsMalformed = request.IsMalformed;
        (features.Clearance, features.Challenges, features.Signature) = (default, null, default); // no reader of requests knows them: the edge does
        int count = request.Headers.Count;
        if (features.Headers.Length < count)
            features.Headers = new HeaderField[Math.Max(32, 2 * count)];
        request.Headers.CopyTo(features.Headers);
        if (features.HeaderCount > count)
            features.Headers.AsSpan(count, features.HeaderCount - count).Clear();
        features.HeaderCount = count;
    }

    // Most requests are for the host of the one before.
    private string HostOf(string? sent)
    {
        if (sent is null)
            return "";
        if (sent != host.Sent)
        {
            int colon = sent.LastIndexOf(':');
            bool port = colon >= 0 && !sent.AsSpan(colon).Contains(']');
            host = (sent, (port ? sent[..colon] : sent).TrimEnd('.').ToLowerInvariant());
        }
        return host.Text;
    }

    private PathFacts PathOf(string path, string query)
    {
        if (path.Length + query.Length > MaxCached)
            return PathFacts.Of(targets, path, query);
        ulong hash = Mix.Two(HashOf(path), HashOf(query));
        ref PathFacts? slot = ref paths[(int)(hash >> 32) & (CacheEntries - 1)];
        if (slot is null || slot.RawPath != path || slot.RawQuery != query)
            slot = PathFacts.Of(targets, path, query);
        return slot;
    }

    private static string PrefixOf(IpAddress address, (UInt128 Bits, string? Text)[] known, int lengthV4, int lengthV6)
    {
        (int length, int host) = address.IsV6 ? (lengthV6, 128 - lengthV6) : (lengthV4, 32 - lengthV4);
        UInt128 bits = address.Bits >> host << host;
        UInt128 key = address.IsV6 ? bits | 1 : bits; // the host's bits are clear, so no network of the other kind is meant
        ref (UInt128 Bits, string? Text) slot = ref known[
            (int)(Mix.Two((ulong)(key >> 64), (ulong)key) >> 32) & (CacheEntries - 1)
        ];
        if (slot.Text is null || slot.Bits != key)
            slot = (key, new IpPrefix(IpAddress.Of(bits, address.IsV6), length).Text);
        return slot.Text!;
    }

    // What one and the same client sends on one page and not on another is left out: it would make two of it.
    private string OrderOf(List<HeaderField> headers)
    {
        ulong hash = 0;
        foreach (HeaderField header in headers)
            if (!ComesAndGoes(header.Name))
                hash = Mix.Two(hash, HashOf(header.Name));
        ref (ulong Hash, string? Text) slot = ref orders[(int)(hash >> 32) & (CacheEntries - 1)];
        if (slot.Text is null || slot.Hash != hash)
            slot = (hash, (hash >> 16).ToString("x12", System.Globalization.CultureInfo.InvariantCulture));
        return slot.Text!;
    }

    private static bool ComesAndGoes(string name) =>
        name is "cookie" or "referer" or "authorization" or "origin" or "range" or "cache-control" or "pragma"
        || name.StartsWith("content-", StringComparison.Ordinal)
        || name.StartsWith("if-", StringComparison.Ordinal)
        || name.StartsWith("x-forwarded-", StringComparison.Ordinal);

    private static ulong HashOf(string text) => Mix.Bytes(MemoryMarshal.AsBytes(text.AsSpan()));
}
