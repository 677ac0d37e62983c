using System.Globalization;

namespace Throughline.Core.Gate.Discovery;

/// <summary>The conditions that are tried on every site: pace, breadth, failures, silence of visitors and of groups, what agents declare.</summary>
internal sealed class AtomBook(SiteTraffic traffic, VocabularyRun run)
{
    private readonly List<Atom> atoms = [];

    public static List<Atom> Of(SiteTraffic traffic, VocabularyRun run)
    {
        AtomBook book = new(traffic, run);
        book.AddPaces();
        book.AddFailures();
        book.AddSilence();
        book.AddRequests();
        if (traffic.KnowsAgents)
            book.AddDeclared();
        return book.atoms;
    }

    /// <summary>Conditions that leave out visitors who have shown a sign so far that day.</summary>
    public static Atom[] Sparing(VocabularyRun run)
    {
        return
        [
            Spare("visitor_linked_1d", Signs.Link, "followed no link of the site"),
            Spare("visitor_parts_1d", Signs.Part, "fetched no picture, style or script"),
        ];

        Atom Spare(string counter, Signs sign, string what)
        {
            float[] values = run[counter];
            return new($"counter.{counter} == 0", $"of a visitor that {what}", counter, sign, 1, x => values[x] == 0);
        }
    }

    private void AddPaces()
    {
        AtLeast("visitor_pages_3s", "of a visitor's {0} or more pages in 3 s", 2, 3, 5);
        AtLeast("visitor_pages_10s", "of a visitor's {0} or more pages in 10 s", 2, 4, 6, 10, 15);
        AtLeast("visitor_pages_1m", "of a visitor's {0} or more pages in a minute", 10, 20, 40);
        AtLeast("visitor_pages_1h", "of a visitor's {0} or more pages in an hour", 30, 60, 120);
        AtLeast("visitor_read_1d", "of a visitor's {0} or more pages in a day", 60, 150, 400);
        AtLeast("visitor_paths_1d", "of a visitor's {0} or more different pages in a day", 10, 30, 100);
        AtLeast("visitor_posts_1h", "of a visitor's {0} or more forms sent in an hour", 3, 5, 10);
        AtLeast("visitor_robots_1d", "of a visitor that read robots.txt", 1);
        AtLeast("address_agents_1d", "of an address with {0} or more user agents in a day", 4, 10);
    }

    private void AddFailures()
    {
        AtLeast("visitor_failed_1h", "of a visitor's {0} or more failures in an hour", 2, 4, 8, 20);
        if (!run.Knows("agent_failed"))
            return;
        float[] failed = run["agent_failed"];
        float[] read = run["agent_read_7d"];
        foreach (int least in (int[])[10, 50])
            Add(
                $"counter.agent_failed >= {least} && counter.agent_failed * 2 >= counter.agent_read_7d",
                $"by a user agent that failed {least} times or more in a week, with at least half of its pages",
                "agent_failed",
                Signs.None,
                2,
                x => failed[x] >= least && failed[x] * 2 >= read[x]
            );
    }

    private void AddSilence()
    {
        foreach (int least in (int[])[2, 3, 6, 12, 25])
        {
            Silent("visitor", "_1d", Signs.Link, least, members: 0);
            Silent("visitor", "_1d", Signs.Part, least, members: 0);
        }
        foreach (int least in (int[])[10, 25])
        {
            Silent("address", "_1d", Signs.Link, least, members: 0);
            Silent("address", "_1d", Signs.Part, least, members: 0);
        }
        foreach ((int least, int members) in ((int, int)[])[(6, 3), (20, 4), (50, 10)])
        foreach (string group in (string[])["network", "block", "agent"])
        {
            Silent(group, "_7d", Signs.Link, least, members);
            Silent(group, "_7d", Signs.Part, least, members);
        }
    }

    // Groups are allowed one sign in fifty pages: one person among them changes little.
    private void Silent(string group, string span, Signs sign, int least, int members)
    {
        string shown = $"{group}_{(sign == Signs.Link ? "linked" : "parts")}{span}";
        string pages = $"{group}_read{span}";
        if (!run.Knows(shown))
            return;
        float[] shownOf = run[shown];
        float[] pagesOf = run[pages];
        string what = sign == Signs.Link ? "followed no link of the site" : "fetched no picture, style or script";
        if (members == 0)
        {
            Add(
                $"counter.{shown} == 0 && counter.{pages} >= {least}",
                $"of {Article(group)} that read {least} or more pages in a day and {what}",
                shown,
                sign,
                2,
                x => shownOf[x] == 0 && pagesOf[x] >= least
            );
            return;
        }
        string addresses = $"{group}_addresses{span}";
        float[] addressesOf = run[addresses];
        Add(
            $"counter.{shown} * 50 <= counter.{pages} && counter.{pages} >= {least} && counter.{addresses} >= {members}",
            $"of {Article(group)} of {members} or more addresses that read {least} or more pages in a week and hardly ever {what.Replace(" no ", " a ", StringComparison.Ordinal)}",
            shown,
            sign,
            3,
            x => shownOf[x] * 50 <= pagesOf[x] && pagesOf[x] >= least && addressesOf[x] >= members
        );
    }

    private static string Article(string group) =>
        group switch
        {
            "address" => "an address",
            "agent" => "a user agent",
            "network" => "a network (/24)",
            "block" => "a block (/16)",
            _ => "a visitor",
        };

    private void AddRequests()
    {
        Flag("request.referrer == ''", "without referrer", Signs.Link, RowFlags.Referred, isSet: false);
        Flag("request.query != ''", "with a query", Signs.None, RowFlags.Queried, isSet: true);
        Flag("request.query == ''", "without query", Signs.None, RowFlags.Queried, isSet: false);
        // The first page of everybody comes without a session: only who reads on without one is told apart.
        float[] read = run["visitor_read_1d"];
        foreach (int least in (int[])[3, 6])
            Add(
                $"!has(request.session) && counter.visitor_read_1d >= {least}",
                $"of a visitor that read {least} or more pages in a day and took no session",
                "session",
                Signs.None,
                2,
                x => !traffic.Has(x, RowFlags.Session) && read[x] >= least
            );
    }

    private void AddDeclared()
    {
        Flag("ua.bot", "by what says that it is a program", Signs.None, RowFlags.Bot, isSet: true);
        Flag("ua.library", "by an HTTP library or command-line tool", Signs.None, RowFlags.Library, isSet: true);
        Flag("ua.headless", "by a browser without screen", Signs.None, RowFlags.Headless, isSet: true);
        Flag("ua.missing", "without user agent", Signs.None, RowFlags.Missing, isSet: true);
        Flag("!ua.browser", "by what names no browser", Signs.None, RowFlags.Browser, isSet: false);
    }

    private void Flag(string when, string says, Signs reads, RowFlags flag, bool isSet)
    {
        bool needsAgent =
            when.Contains("ua.", StringComparison.Ordinal) || when.Contains("referrer", StringComparison.Ordinal);
        Add(
            when,
            says,
            when,
            reads,
            1,
            x => traffic.Has(x, flag) == isSet && (!needsAgent || traffic.Has(x, RowFlags.AgentKnown))
        );
    }

    private void AtLeast(string counter, string says, params ReadOnlySpan<int> ladder)
    {
        if (!run.Knows(counter))
            return;
        float[] values = run[counter];
        foreach (int least in ladder)
            Add(
                $"counter.{counter} >= {least}",
                string.Format(CultureInfo.InvariantCulture, says, least),
                counter,
                Signs.None,
                1,
                x => values[x] >= least
            );
    }

    private void Add(string when, string says, string group, Signs reads, int conjuncts, Func<int, bool> holds) =>
        atoms.Add(new(when, says, group, reads, conjuncts, holds));
}
