using Throughline.Cel.Values;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// The counters that proposals may read. Fixed but for what the site is: how its own links look, and whether user agents are known.
/// A group's counters come for visitors, addresses, networks, blocks and user agents alike.
/// </summary>
public sealed class Vocabulary
{
    private const long Second = 1_000;
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const string Failed = "response.status >= 400 && !request.static";

    private readonly List<CounterDocument> counters = [];
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    private Vocabulary() { }

    public IReadOnlyList<CounterDocument> Counters => counters;

    /// <summary>A link of the site itself was followed, in the rule language.</summary>
    internal string Linked { get; private init; } = "";

    public static Vocabulary Of(SiteTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        string linked =
            traffic.OwnOrigins.Count == 0
                ? "request.referrer != ''"
                : string.Join(
                    " || ",
                    traffic.OwnOrigins.Select(x => $"request.referrer.startsWith({ValueText.Quote(x)})")
                );
        Vocabulary words = new() { Linked = linked };
        string[] visitor = traffic.KnowsAgents
            ? ["request.ip", "ua.text", "has(request.session) ? request.session : ''"]
            : ["request.ip"];
        words.AddPaces(visitor);
        words.AddGroup("visitor", visitor, Day, members: null);
        words.AddGroup("network", ["request.network"], 7 * Day, "request.ip");
        words.AddGroup("block", ["request.block"], 7 * Day, "request.ip");
        if (!traffic.KnowsAgents)
            return words;
        words.AddGroup("address", ["request.ip"], Day, "ua.text");
        words.AddGroup("agent", ["ua.text"], 7 * Day, "request.ip");
        words.Count("agent_failed", ["ua.text"], 7 * Day, Failed, RulePhase.Response);
        return words;
    }

    internal int PlaceOf(string counter) => places.GetValueOrDefault(counter, -1);

    private void AddPaces(string[] visitor)
    {
        Count("visitor_pages_3s", visitor, 3 * Second, PageRequests.When);
        Count("visitor_pages_10s", visitor, 10 * Second, PageRequests.When);
        Count("visitor_pages_1m", visitor, 60 * Second, PageRequests.When);
        Count("visitor_pages_1h", visitor, Hour, PageRequests.When);
        Count("visitor_failed_1h", visitor, Hour, Failed, RulePhase.Response);
        Count("visitor_posts_1h", visitor, Hour, "request.method == 'POST' && " + PageRequests.When);
        Count("visitor_robots_1d", visitor, Day, "request.path == '/robots.txt'");
        Add(
            new()
            {
                Name = "visitor_paths_1d",
                Key = visitor,
                Kind = CounterKind.Distinct,
                WindowMs = Day,
                Where = PageRequests.When,
                Of = "request.path",
            }
        );
    }

    private void AddGroup(string name, string[] key, long window, string? members)
    {
        string span = window == Day ? "_1d" : "_7d";
        Count(name + "_read" + span, key, window, PageRequests.When);
        Count(name + "_linked" + span, key, window, Linked);
        Count(name + "_parts" + span, key, window, "request.static");
        if (members is not null)
            Add(
                new()
                {
                    Name = name + (members == "ua.text" ? "_agents" : "_addresses") + span,
                    Key = key,
                    Kind = CounterKind.Distinct,
                    WindowMs = window,
                    Of = members,
                }
            );
    }

    private void Count(string name, string[] key, long window, string where, RulePhase phase = RulePhase.Request) =>
        Add(
            new()
            {
                Name = name,
                Key = key,
                WindowMs = window,
                Where = where,
                Phase = phase,
            }
        );

    private void Add(CounterDocument counter)
    {
        places.Add(counter.Name, counters.Count);
        counters.Add(counter);
    }
}
