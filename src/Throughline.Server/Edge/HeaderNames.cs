using System.Collections.Frozen;

namespace Throughline.Server.Edge;

/// <summary>Names of headers in lower case, and which of them are the proxy's and not the client's.</summary>
internal static class HeaderNames
{
    private const string EnvoyPrefix = "x-envoy-";

    private static readonly string[] Known =
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "content-type",
        "cookie",
        "dnt",
        "expect",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "sec-gpc",
        "upgrade",
        "upgrade-insecure-requests",
        "user-agent",
        "via",
        "x-requested-with",
    ];

    // Set or changed on the way from the client's connection to ours.
    private static readonly string[] OfProxies =
    [
        "connection",
        "content-length",
        "keep-alive",
        "te",
        "transfer-encoding",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-method",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-forwarded-uri",
        "x-original-method",
        "x-original-uri",
        "x-real-ip",
        "x-request-id",
    ];

    // What belongs to a proxy has no name of its own.
    private static readonly FrozenDictionary<string, string?> All = Known
        .Select(name => KeyValuePair.Create(name, (string?)name))
        .Concat(OfProxies.Select(name => KeyValuePair.Create(name, (string?)null)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name in lower case; null if the header is the proxy's and not the client's. Allocates for unusual names alone.</summary>
    public static string? OfClient(string name) =>
        All.TryGetValue(name, out string? lower) ? lower
        : name.StartsWith(EnvoyPrefix, StringComparison.OrdinalIgnoreCase) || name.StartsWith(':') ? null
        : name.ToLowerInvariant();

    /// <summary>The name in lower case, whosever it is.</summary>
    public static string Lower(string name) =>
        All.TryGetValue(name, out string? lower) && lower is not null ? lower : name.ToLowerInvariant();
}
