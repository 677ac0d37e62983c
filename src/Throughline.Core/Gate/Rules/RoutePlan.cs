using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Rules;

/// <summary>Tells whether a request belongs to a route. Paths are compared in their decoded form, so that no encoding evades a route.</summary>
internal sealed class RoutePlan(RouteDocument document)
{
    private readonly string[] hosts = [.. document.Hosts.Select(x => x.ToLowerInvariant())];
    private readonly string[] prefixes = [.. document.PathPrefixes.Select(x => x.ToLowerInvariant())];

    public RouteDocument Document { get; } = document;

    public bool Fits(RequestFeatures request) => FitsHost(request.Host) && FitsPath(request.Target);

    private bool FitsHost(ReadOnlySpan<char> host)
    {
        if (hosts.Length == 0)
            return true;
        int colon = host.LastIndexOf(':');
        if (colon > 0 && !host[(colon + 1)..].Contains(']'))
            host = host[..colon];
        foreach (string pattern in hosts)
        {
            bool fits = pattern.StartsWith("*.", StringComparison.Ordinal)
                ? host.Length > pattern.Length - 1
                    && host.EndsWith(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase)
                : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
            if (fits)
                return true;
        }
        return false;
    }

    private bool FitsPath(string target)
    {
        foreach (string prefix in prefixes)
            if (target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return true;
        return prefixes.Length == 0;
    }
}
