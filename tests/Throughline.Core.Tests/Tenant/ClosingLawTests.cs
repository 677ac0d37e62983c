using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// A final conversion is what it was at its end, to every machine that knows the facts: whatever was seen or said later, in whichever order all of
/// it arrives, through restarts. Horizons and bounds are of minutes, so that most conversions close.
/// </summary>
public sealed class ClosingLawTests
{
    private const long Minute = 60_000;
    private static readonly TenantSettings Settings = new("test", HorizonMs: 20 * Minute, RestateForMs: 10 * Minute);
    private static readonly Finality Finality = new(Settings.RestateForMs);

    /// <summary>Shape, worlds, facts, minutes, and of a hundred facts so many more words of operators.</summary>
    public static TheoryData<int, int, int, int, int> Shapes =>
        new()
        {
            { 1, 40, 80, 120, 0 },
            { 2, 15, 160, 240, 20 },
            { 3, 15, 160, 12 * 24 * 60, 10 },
            { 4, 20, 120, 150, 40 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Apply_InAnyOrder_EqualsTheRunFromScratchOverWhatWasBeforeEachEnd(
        int shape,
        int worlds,
        int length,
        int minutes,
        int statements
    )
    {
        int closed = 0;
        int differ = 0;
        (long Past, long Today) looked = default;
        worlds = LongTests.Rounds(worlds, worlds * 25);
        for (int seed = shape * 1_000_000; seed < shape * 1_000_000 + worlds; seed++)
        {
            byte[][] facts = Facts(seed, length, minutes, statements);
            SortedDictionary<string, string> expected = Reference.ClosedConversions(facts, Settings, out int final);
            SortedDictionary<string, string> open = Reference.FinalConversions(facts, Finality);
            closed += final;
            differ += expected.Count(x => open[x.Key] != x.Value);
            Token digest = default;
            Random random = new(seed);
            for (int order = 0; order < 3; order++)
            {
                TenantMachine machine = Run(facts, random.Next(2) == 0 ? random : null);
                looked = (looked.Past + machine.Looked.Past, looked.Today + machine.Looked.Today);
                foreach ((Token id, string line) in MemoryHistory.Current(machine))
                    Assert.True(
                        expected[id.ToString()] == line,
                        $"seed {seed}, order {order}, {id}\n{expected[id.ToString()]}\n{line}"
                    );
                Assert.True(order == 0 || digest == machine.ResultsDigest(), $"seed {seed}, order {order}");
                digest = machine.ResultsDigest();
                random.Shuffle(facts);
            }
        }
        string figures =
            $"{closed} closed, {differ} other than open ones; {looked.Past} by the past, {looked.Today} as today";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(closed > 150 && differ > 10, figures); // else there was nothing to hold
        Assert.True(looked.Past > 200 && looked.Today > 25, figures); // both ways of finding customers
    }

    [Fact]
    public void Apply_WithinTheHorizon_ClosesAsTimeGoesOn_AndPublishesNothingMoreOfWhatIsClosed()
    {
        int closed = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            List<Fact> facts = new FactGenerator(seed)
            {
                RichRules = true,
                Values = 6,
                Minutes = 300,
                Statements = 15,
            }.Generate(220);
            Random random = new(seed);
            byte[][] arriving =
            [
                .. facts
                    .OrderBy(fact => fact.Time + random.NextInt64(Settings.HorizonMs)) // late by less than the horizon
                    .Select(fact => fact.Encode()),
            ];
            SortedDictionary<string, string> expected = Reference.ClosedConversions(arriving, Settings, out _);
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            HashSet<long> fixedAt = [];
            int refunds = 0;
            foreach (byte[] fact in arriving)
            {
                int known = history.Results.Count;
                Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, fact));
                history.Drain(machine);
                bool refunded = (EventType)fact[1] is EventType.Refund or EventType.Conversion;
                refunds += refunded ? 1 : 0;
                foreach (byte[] result in history.Results.Skip(known).Where(x => x[0] == (byte)ResultKind.Conversion))
                {
                    ConversionCase told = ConversionResult.Read(ResultRecord.FromTrusted(result));
                    if (fixedAt.Contains(told.Position) && !refunded)
                        Assert.Fail($"seed {seed}: final, and published again");
                }
                foreach ((Token _, ConversionCase conversion) in MemoryHistory.CurrentCases(machine))
                    if (machine.IsFinal(conversion.Time))
                        fixedAt.Add(conversion.Position);
            }
            closed += fixedAt.Count;
            foreach ((Token id, string line) in MemoryHistory.Current(machine))
                Assert.True(expected[id.ToString()] == line, $"seed {seed}\n{expected[id.ToString()]}\n{line}");
        }
        Assert.True(closed > 300, $"{closed} closed");
    }

    [Fact]
    public void Apply_InAnyOrder_TheSumOfAllDifferencesIsARerunInOrderOfTime()
    {
        for (int seed = 50; seed < 80; seed++)
        {
            byte[][] facts = Facts(seed, 150, 200, 20);
            byte[][] sorted = [.. facts.OrderBy(fact => EventRecord.FromTrusted(fact).Time)];
            SortedDictionary<string, long> expected = Totals(Run(sorted, null), all: false);
            new Random(seed).Shuffle(facts);
            TenantMachine machine = Run(facts, new Random(seed));
            Assert.Equal(expected, Totals(machine, all: false));
            Assert.Equal(expected, Totals(machine, all: true));
            foreach ((Token _, ConversionCase conversion) in MemoryHistory.CurrentCases(machine))
            foreach (GroupShare share in conversion.Shares)
            {
                long credited = 0;
                long net = 0;
                foreach (Candidate candidate in conversion.Candidates)
                    if (candidate.Rule >= 0 && conversion.Rules[candidate.Rule].Group == share.Group)
                        (credited, net) = (credited + candidate.Minor, net + candidate.Net);
                Assert.Equal(share.Value, credited + share.Unattributed);
                Assert.Equal(share.NetValue, net + share.NetUnattributed);
                Assert.True(net >= 0 && share.NetUnattributed >= 0);
            }
        }
    }

    [Fact]
    public void Replay_OfALogWithClosings_GivesTheSamePagesAndResults()
    {
        MemoryHistory history = new();
        TenantMachine live = new(Settings, history);
        foreach (byte[] fact in Facts(7, 600, 400, 10))
            history.Apply(live, fact);
        TenantMachine replayed = new(Settings, history);
        RecordBuffer results = new();
        foreach (byte[] record in history.Events)
            replayed.Replay(record, results);
        Assert.Equal(live.PageHash(), replayed.PageHash());
        Assert.Equal(history.Results.Count, results.Count);
        for (int i = 0; i < results.Count; i++)
            Assert.Equal(history.Results[i], results[i].ToArray());
    }

    // What was credited to each campaign after refunds: by the last results, or by the differences that all of them tell one after the other.
    private static SortedDictionary<string, long> Totals(TenantMachine machine, bool all)
    {
        SortedDictionary<string, long> totals = new(StringComparer.Ordinal);
        Dictionary<Token, ConversionCase> last = [];
        void Add(ConversionCase conversion, int sign)
        {
            foreach (Candidate candidate in conversion.Candidates)
                if (candidate.Net != 0)
                    totals[candidate.Campaign] = totals.GetValueOrDefault(candidate.Campaign) + sign * candidate.Net;
        }
        foreach (
            (Token id, ConversionCase conversion) in all
                ? MemoryHistory.AllCases(machine)
                : MemoryHistory.CurrentCases(machine)
        )
        {
            if (last.TryGetValue(id, out ConversionCase? before))
                Add(before, -1);
            Add(conversion, 1);
            last[id] = conversion;
        }
        foreach (string campaign in totals.Where(x => x.Value == 0).Select(x => x.Key).ToList())
            totals.Remove(campaign);
        return totals;
    }

    // Settles now and then, so that conversions close while facts of before their ends are still to come; and restarts.
    private static TenantMachine Run(IEnumerable<byte[]> facts, Random? settling)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        foreach (byte[] fact in facts)
        {
            Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, fact));
            if (settling?.Next(6) == 0)
                history.Drain(machine);
            if (settling?.Next(25) == 0)
            {
                ImageCopy image = new(machine.Capture(), () => { });
                machine = TenantMachine.Restore(Settings, history, image.Source());
            }
        }
        history.Drain(machine);
        history.Apply(machine, new Fact("last", EventType.Tick, 0).Encode()); // whoever has no backlog is known to the history, too
        return machine;
    }

    // All of them backfills, which may come in any order. In every other world the words come from its first quarter: what follows is quiet.
    private static byte[][] Facts(int seed, int count, int minutes, int statements) =>
        [
            .. new FactGenerator(seed)
            {
                RichRules = true,
                Rates = seed % 3 == 0,
                CustomerFacts = seed % 5 == 0,
                Values = 3 + seed % 6,
                Minutes = minutes,
                Statements = statements,
                Erasures = seed % 4 < 2 ? 15 : 0,
            }
                .Generate(count)
                .Select(fact =>
                    (
                        fact with
                        {
                            Backfill = true,
                            Time =
                                seed % 2 == 0 && fact.Type is EventType.Label or EventType.Control
                                    ? FactGenerator.Start + (fact.Time - FactGenerator.Start) / 4
                                    : fact.Time,
                        }
                    ).Encode()
                ),
        ];
}
