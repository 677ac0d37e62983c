using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Which requests a browser would have followed up: pages and forms. What is served for programs (<c>/api</c>, feeds, health checks)
/// and what scripts report is none, as in the default rules. The same in C# and in the rule language.
/// </summary>
internal static class PageRequests
{
    /// <summary>In the rule language.</summary>
    public const string When =
        "request.method in ['GET', 'POST', 'HEAD'] && !request.static && !request.malformed"
        + "\n&& request.extension in ['', 'html', 'htm', 'xhtml', 'php', 'asp', 'aspx', 'jsp', 'do', 'cfm']"
        + "\n&& !request.target.startsWith('/api') && !request.target.startsWith('/v1/events/')"
        + "\n&& !request.target.contains('/feed') && !request.target.contains('/rss') && !request.target.contains('/ajax')"
        + "\n&& !request.target.contains('graphql') && !request.target.contains('/wp-json')"
        + "\n&& !request.target.contains('/health') && !request.target.contains('/status')";

    private static readonly string[] Programs = ["/feed", "/rss", "/ajax", "graphql", "/wp-json", "/health", "/status"];

    public static bool Is(RequestFeatures request)
    {
        if (request.Method is not ("GET" or "POST" or "HEAD") || request.IsStatic || request.IsMalformed)
            return false;
        if (
            request.Extension
            is not ("" or "html" or "htm" or "xhtml" or "php" or "asp" or "aspx" or "jsp" or "do" or "cfm")
        )
            return false;
        if (
            request.Target.StartsWith("/api", StringComparison.Ordinal)
            || request.Target.StartsWith("/v1/events/", StringComparison.Ordinal)
        )
            return false;
        foreach (string program in Programs)
            if (request.Target.Contains(program, StringComparison.Ordinal))
                return false;
        return true;
    }
}
