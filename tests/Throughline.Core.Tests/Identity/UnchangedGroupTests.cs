using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

/// <summary>Whoever is found in the graph of today is the customer of the past, with the events that were its and matches as they were.</summary>
public sealed class UnchangedGroupTests
{
    private const long Minute = 60_000;
    private static readonly TenantSettings Settings = new("test", RestateForMs: 10 * Minute);

    /// <summary>What is said after the instant in question: one kind of word a world, so that each has to be noticed by itself.</summary>
    public static TheoryData<string> Said =>
        ["", "label", "block", "link", "separate", "strategy", "identifier-types", "freeze", "erase"];

    [Theory]
    [MemberData(nameof(Said))]
    public void TryFind_WhereverItFinds_IsAsThePastTells(string said)
    {
        (int found, int groups, int grown, int others) = (0, 0, 0, 0);
        int worlds = LongTests.Rounds(120, 3_000);
        for (int world = 0; world < worlds; world++)
        {
            int seed = 31_000_000 + world;
            int minutes = world % 3 == 0 ? 3 * 24 * 60 : 120;
            long end = FactGenerator.Start + minutes * Minute * (2 + world % 7) / 10;
            end = VerdictPolicy.BucketOf(end) * VerdictPolicy.BucketMs;
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            foreach (Fact fact in Facts(seed, minutes, end, said))
                history.Apply(machine, fact.Encode());
            (_, ControlBook control, VerdictLens verdicts, IdentityGraph graph, AttributionLens lens, _) =
                machine.Parts;
            UnchangedGroup unchanged = new(graph, control.Labels, control.Identity);
            for (int row = 0; row < graph.Identifiers.Count; row++)
            {
                if (graph.Identifiers[row] is not { IsSeen: true } identifier || identifier.FirstSeen >= end)
                    continue;
                if (!unchanged.TryFind(row, end, 500))
                {
                    others++;
                    continue;
                }
                PastGraph past = new(graph, verdicts, control.Identity, history, end);
                string where = $"seed {seed}, {said}, identifier {row}";
                CheckMembers(graph, past, row, unchanged.Members, where);
                CheckEvents(lens, past, unchanged.Members, end, where);
                if (unchanged.IsWhole)
                    CheckMatches(graph, past, row, where);
                found++;
                groups += unchanged.Members.Count > 1 ? 1 : 0;
                grown += unchanged.Members.Count > 1 && graph.Groups.SizeOf(row) > unchanged.Members.Count ? 1 : 0;
            }
        }
        string figures = $"{found} found, {groups} of several, {grown} that grew since; {others} not";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        if (said is "" or "block" or "link" or "separate" or "erase" or "freeze")
            Assert.True(found > 200 && groups > 30 && grown > 5, figures); // else it was of no use
    }

    private static void CheckMembers(
        IdentityGraph graph,
        PastGraph past,
        int row,
        IReadOnlyList<int> members,
        string where
    )
    {
        int then = past.Find(row);
        List<Token> expected = [];
        if (past.Graph.Groups.StateOf(then).Size > 0)
            foreach (int member in past.Graph.Groups.MembersOf(then))
                expected.Add(past.Graph.Identifiers[member].Token);
        Assert.True(past.Graph.Identifiers[then].CanOwn, where);
        Assert.True(expected.Order().SequenceEqual(members.Select(x => graph.Identifiers[x].Token).Order()), where);
    }

    private static void CheckEvents(
        AttributionLens lens,
        PastGraph past,
        IReadOnlyList<int> members,
        long end,
        string where
    )
    {
        HashSet<int> today = [.. members];
        HashSet<int> then = [.. members.Select(past.Find)];
        for (int touch = 0; touch < lens.Touches.Count; touch++)
            if (lens.Touches[touch].Time < end)
                Check(lens.Touches[touch].Owner, lens.Touches[touch].Position);
        for (int conversion = 0; conversion < lens.Conversions.Count; conversion++)
            if (lens.Conversions[conversion].Time < end)
                Check(lens.Conversions[conversion].Owner, lens.Conversions[conversion].Position);

        void Check(int owner, long position)
        {
            int was = past.OwnerOf(position);
            bool isTheirs = was >= 0 && past.Graph.Identifiers[was].CanOwn && then.Contains(was);
            Assert.True(isTheirs == today.Contains(owner), $"{where}, event at {position}");
            Assert.True(!isTheirs || past.RowToday(was) == owner, $"{where}, event at {position}");
        }
    }

    private static void CheckMatches(IdentityGraph graph, PastGraph past, int row, string where)
    {
        MatchTiers now = new();
        MatchTiers then = new();
        now.Take(graph, row);
        then.Take(past.Graph, past.Find(row));
        foreach (int x in graph.Groups.MembersOf(row))
        foreach (int y in graph.Groups.MembersOf(row))
            Assert.True(
                now.Of(now.PlaceOf(x), now.PlaceOf(y))
                    == then.Of(then.PlaceOf(past.Find(x)), then.PlaceOf(past.Find(y))),
                where
            );
    }

    private static IEnumerable<Fact> Facts(int seed, int minutes, long end, string said) =>
        new FactGenerator(seed)
        {
            Values = 3 + seed % 9,
            Minutes = minutes,
            Statements = said.Length == 0 ? 0 : 25,
            Erasures = said == "erase" ? 40 : 10,
        }
            .Generate(80)
            .Where(fact =>
                fact.Time < end || fact.Type is not (EventType.Label or EventType.Control) || KindOf(fact) == said
            );

    private static string KindOf(Fact fact) =>
        fact.Type == EventType.Label
            ? "label"
            : JsonDocument.Parse(fact.Document!).RootElement.GetProperty("kind").GetString()!;
}
