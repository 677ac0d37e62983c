using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Discovery;

/// <summary>What the survey keeps of requests, by their place in the order of times.</summary>
public sealed class SiteTraffic
{
    internal SiteTraffic() { }

    internal long[] Times { get; init; } = [];
    internal int[] VisitorOf { get; init; } = [];
    internal RowFlags[] Flags { get; init; } = [];
    internal Signs[] Signs { get; init; } = [];

    /// <summary>The browser's major version.</summary>
    internal int[] Versions { get; init; } = [];
    internal Visitor[] Visitors { get; init; } = [];
    internal ValueDimension[] Dimensions { get; init; } = [];

    /// <summary>Origins of referrers that are the site's own, such as <c>https://shop.example/</c>.</summary>
    public IReadOnlyList<string> OwnOrigins { get; internal init; } = [];

    public int Requests => Times.Length;

    /// <summary>The number of the visitor that sent a request.</summary>
    public int VisitorAt(int row) => VisitorOf[row];

    /// <summary>Different ones: an address with a user agent, and a session where one is known.</summary>
    public int VisitorCount => Visitors.Length;

    /// <summary>Whether the requests have user agents and referrers at all.</summary>
    internal bool KnowsAgents => Array.Exists(Flags, x => (x & RowFlags.AgentKnown) != 0);

    internal ValueDimension this[Dimension of] => Dimensions[(int)of];

    internal bool Has(int row, RowFlags flag) => (Flags[row] & flag) != 0;
}

/// <summary>One visitor.</summary>
/// <param name="Network">Number of its /24 (IPv6: /64).</param>
/// <param name="Family">Number of its user agent without digits; -1: none.</param>
/// <param name="Client">Number of its address and user agent.</param>
/// <param name="First">Time of its first request.</param>
internal readonly record struct Visitor(
    int Network,
    int Family,
    AgentClasses Class,
    int Client,
    bool HasSession,
    long First
);

/// <summary>What is true of a request.</summary>
[Flags]
internal enum RowFlags
{
    None = 0,
    Page = 1 << 0,
    Chained = 1 << 1,
    Flagged = 1 << 2,
    LabelBot = 1 << 3,
    LabelHuman = 1 << 4,
    AgentKnown = 1 << 5,
    Referred = 1 << 6,
    Queried = 1 << 7,
    Bot = 1 << 8,
    Library = 1 << 9,
    Headless = 1 << 10,
    Missing = 1 << 11,
    Browser = 1 << 12,
    Session = 1 << 13,
}
