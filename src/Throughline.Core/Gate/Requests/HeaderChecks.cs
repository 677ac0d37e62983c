using Throughline.Core.Gate.Agents;

namespace Throughline.Core.Gate.Requests;

/// <summary>
/// Headers against one another and the user agent. Only what a browser that is known does always is asked of it: bots, pages inside apps,
/// unknown browsers and versions get no guess. Preflights (OPTIONS) and WebSocket handshakes are left out: browsers differ there.
/// </summary>
internal static class HeaderChecks
{
    // Since when a browser sends what over https: developer.mozilla.org, "Browser compatibility" of Sec-Fetch-Site (Chrome 76,
    // Edge 79, Firefox 90, Safari 16.4) and of Sec-CH-UA (Chromium 89, neither Firefox nor Safari).
    private const int ChromiumSecFetch = 80; // Sec-Fetch-Dest came in 80
    private const int FirefoxSecFetch = 90;
    private const int SafariSecFetch = 17; // the user agent's major version does not tell 16.3 from 16.4
    private const int ChromiumHints = 89;

    public static void Read(EdgeRequest request, AgentProfile agent, ConsistencyFacts facts)
    {
        (facts.HintsMismatch, facts.SecFetchMismatch) = (false, false);
        (facts.MissingAccept, facts.MissingAcceptLanguage, facts.MissingAcceptEncoding) = (false, false, false);
        facts.Score = 0;
        bool known = (request.Knowledge & RequestKnowledge.Headers) != 0 && IsKnownBrowser(agent);
        if (!known || request.Method == "OPTIONS" || request.Header("upgrade") is not null)
            return;
        facts.MissingAccept = IsMissing(request, "accept");
        facts.MissingAcceptLanguage = IsMissing(request, "accept-language");
        facts.MissingAcceptEncoding = IsMissing(request, "accept-encoding");
        bool secure = request.Scheme is { } scheme && scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        facts.SecFetchMismatch = SecFetch(request, agent, secure);
        facts.HintsMismatch = ClientHints.Contradict(request, agent) || (secure && LacksHints(request, agent));
        facts.Score = Count(facts);
    }

    private static bool IsKnownBrowser(AgentProfile agent) =>
        agent.Class == AgentClasses.Browser
        && !agent.IsEmbedded
        && agent.Name switch
        {
            "chrome" or "edge" or "opera" or "vivaldi" or "yandex" or "samsung" => agent.Chromium >= 60,
            "firefox" => agent.Version >= 60 && agent.System != "ios",
            "safari" => agent.Version >= 12 && agent.System is "ios" or "macos",
            _ => false,
        };

    private static bool IsMissing(EdgeRequest request, string name) => string.IsNullOrWhiteSpace(request.Header(name));

    private static bool SecFetch(EdgeRequest request, AgentProfile agent, bool secure)
    {
        string? site = request.Header("sec-fetch-site");
        string? mode = request.Header("sec-fetch-mode");
        if (site is null && mode is null)
            return secure && AlwaysSendsSecFetch(agent);
        if (mode is null || site is null)
            return true; // they are set together: w3c.github.io/webappsec-fetch-metadata, section 2
        // The same section: only navigations have Sec-Fetch-User, and only they want a document.
        bool navigates = mode == "navigate";
        if (request.Header("sec-fetch-user") is not null && !navigates)
            return true;
        return request.Header("sec-fetch-dest") switch
        {
            "document" or "iframe" or "frame" => mode is "cors" or "websocket",
            "image" or "script" or "style" or "font" or "audio" or "video" or "track" or "worker" => navigates,
            _ => false,
        };
    }

    private static bool AlwaysSendsSecFetch(AgentProfile agent) =>
        agent.Name switch
        {
            "firefox" => agent.Version >= FirefoxSecFetch,
            "safari" => agent.Version >= SafariSecFetch,
            _ => agent.Chromium >= ChromiumSecFetch,
        };

    // Of the brands only those that are known to send them: others were seen to switch them off.
    private static bool LacksHints(EdgeRequest request, AgentProfile agent) =>
        agent.Name is "chrome" or "edge" && agent.Chromium >= ChromiumHints && request.Header("sec-ch-ua") is null;

    private static int Count(ConsistencyFacts facts) =>
        (facts.HintsMismatch ? 1 : 0)
        + (facts.MissingAccept ? 1 : 0)
        + (facts.MissingAcceptLanguage ? 1 : 0)
        + (facts.MissingAcceptEncoding ? 1 : 0)
        + (facts.SecFetchMismatch ? 1 : 0);
}
