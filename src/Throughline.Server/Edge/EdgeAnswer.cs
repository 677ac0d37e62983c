using System.Globalization;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>What every contract tells of a decision: the headers for the upstream, the denial, the way to the challenge.</summary>
internal static class EdgeAnswer
{
    public const string DecisionHeader = "x-throughline-decision";
    public const string ActionHeader = "x-throughline-action";
    public const string ScoreHeader = "x-throughline-score";
    public const string TagsHeader = "x-throughline-tags";

    /// <summary>Stands for no tags: an empty header is dropped by some proxies, and then the client's own would pass.</summary>
    public const string NoTags = "-";

    private const int CachedScores = 256;

    private static readonly string[] Actions = ["allow", "tag", "challenge", "deny"];

    private static readonly string[] Scores =
    [
        .. Enumerable.Range(0, CachedScores).Select(score => score.ToString(CultureInfo.InvariantCulture)),
    ];

    public static string ActionOf(EdgeExchange exchange) => Actions[(int)exchange.Decision.Action];

    /// <summary>The client may pass.</summary>
    public static bool Passes(EdgeExchange exchange) =>
        exchange.Decision.Action is DecisionAction.Allow or DecisionAction.Tag;

    public static string ScoreOf(EdgeExchange exchange) =>
        (uint)exchange.Decision.Score < CachedScores
            ? Scores[exchange.Decision.Score]
            : exchange.Decision.Score.ToString(CultureInfo.InvariantCulture);

    /// <summary>Separated by commas.</summary>
    public static string TagsOf(EdgeExchange exchange) =>
        exchange.Decision.Tags.Count == 0 ? NoTags : string.Join(',', exchange.Decision.Tags);

    public static DenialDocument DenialOf(EdgeExchange exchange) =>
        exchange.Decision.Denial ?? exchange.Decision.Route.Denial;

    /// <summary>Where a challenged client goes: the operator's page, told the decision and the way back; null if nobody named a page.</summary>
    public static string? LocationOf(EdgeExchange exchange)
    {
        if (exchange.ChallengeUrl is not { } url)
            return null;
        // Only a path: whatever the client sent, the page cannot be made to send people elsewhere.
        string back = "/" + exchange.Request.Path.TrimStart('/', '\\');
        if (exchange.Request.Query.Length > 0)
            back += "?" + exchange.Request.Query;
        char mark = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{url}{mark}decision={Uri.EscapeDataString(exchange.IdText)}&return={Uri.EscapeDataString(back)}";
    }

    /// <summary>How a client that is not to repeat its request elsewhere is redirected.</summary>
    public static int RedirectStatus(EdgeExchange exchange) =>
        exchange.Request.Method is "GET" or "HEAD" ? StatusCodes.Status302Found : StatusCodes.Status303SeeOther;

    public static void WriteHeaders(IHeaderDictionary headers, EdgeExchange exchange)
    {
        headers[DecisionHeader] = exchange.IdText;
        headers[ActionHeader] = ActionOf(exchange);
        headers[ScoreHeader] = ScoreOf(exchange);
        headers[TagsHeader] = TagsOf(exchange);
    }
}
