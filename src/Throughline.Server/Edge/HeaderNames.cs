using System.Collections.Frozen;

namespace Throughline.Server.Edge;

/// <summary>Names of headers in lower case, and which of them are the proxy's and not the client's.</summary>
internal static class HeaderNames
{
    private const string EnvoyPrefix = "x-envoy-";

    private static readonly FrozenDictionary<string, string> Known = (
        (string[])
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
            ]
    ).ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    // Set or changed on the way from the client's connection to ours.
    private static readonly FrozenSet<string> OfProxies = (
        (string[])
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
            ]
    ).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Allocates for unusual names alone.</summary>
    public static string Lower(string name) =>
        Known.TryGetValue(name, out string? lower) ? lower : name.ToLowerInvariant();

    public static bool IsOfProxy(string name) =>
        OfProxies.Contains(name)
        || name.StartsWith(EnvoyPrefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(':');
}
