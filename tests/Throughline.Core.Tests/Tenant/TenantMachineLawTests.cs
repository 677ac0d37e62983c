using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>The laws of lenses.md over random facts: order independence, equality with a run from scratch, restarts.</summary>
public sealed class TenantMachineLawTests
{
    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(1, 400, 30)]
    [InlineData(2, 150, 120)]
    public void Apply_RandomFacts_EqualsTheRunFromScratch(int start, int sequences, int length)
    {
        for (int seed = start * 100_000; seed < start * 100_000 + sequences; seed++)
        {
            List<byte[]> facts = new FactGenerator(seed).Generate(length).ConvertAll(fact => fact.Encode());
            Check(facts, Run(facts), $"seed {seed}");
        }
    }

    [Fact]
    public void Apply_AfterEveryFact_EqualsTheRunFromScratch()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            List<byte[]> facts = new FactGenerator(seed) { Values = 4, Minutes = 20 }
                .Generate(40)
                .ConvertAll(fact => fact.Encode());
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            for (int i = 0; i < facts.Count; i++)
            {
                history.Apply(machine, facts[i]);
                history.Drain(machine);
                Check(facts.Take(i + 1), machine, $"seed {seed}, after fact {i}");
            }
        }
    }

    [Fact]
    public void Apply_TenThousandSequencesOfLinksBlocksAndStrategies_EqualsTheRunFromScratch()
    {
        LongTests.Require();
        for (int seed = 9_000_000; seed < 9_010_000; seed++)
        {
            FactGenerator generator = new(seed) { Values = 2 + seed % 6, Minutes = 12 * 24 * 60 };
            List<byte[]> facts = generator.Generate(20 + seed % 50).ConvertAll(fact => fact.Encode());
            Check(facts, Run(facts), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(1, 300, 40, 3)]
    [InlineData(2, 150, 90, 5)]
    [InlineData(3, 40, 300, 12)]
    public void Apply_OverDaysUnderManyStrategies_EqualsTheRunFromScratch(
        int start,
        int sequences,
        int length,
        int values
    )
    {
        for (int seed = start * 1_000_000; seed < start * 1_000_000 + sequences; seed++)
        {
            FactGenerator generator = new(seed) { Values = values, Minutes = 12 * 24 * 60 };
            List<byte[]> facts = generator.Generate(length).ConvertAll(fact => fact.Encode());
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            for (int i = 0; i < facts.Count; i++)
            {
                history.Apply(machine, facts[i]);
                if (i % 7 != 0 && i < facts.Count - 1)
                    continue;
                history.Drain(machine);
                Check(facts.Take(i + 1), machine, $"seed {seed}, after fact {i}");
            }
        }
    }

    [Fact]
    public void Apply_In200RandomOrders_GivesTheSameResultsDigest()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            FactGenerator generator = new(seed) { Minutes = seed < 4 ? 40 : 12 * 24 * 60 };
            List<byte[]> facts = generator.Generate(150).ConvertAll(fact => fact.Encode());
            Token expected = Run(facts).ResultsDigest();
            Random random = new(seed);
            for (int order = 0; order < 200; order++)
            {
                byte[][] shuffled = [.. facts, facts[random.Next(facts.Count)]]; // one of them twice
                random.Shuffle(shuffled);
                TenantMachine machine = Run(shuffled);
                if (expected != machine.ResultsDigest())
                    Check(shuffled.Distinct(), machine, $"seed {seed}, order {order}");
                Assert.True(expected == machine.ResultsDigest(), $"seed {seed}, order {order}");
            }
        }
    }

    [Fact]
    public void Replay_OfTheLog_GivesTheSamePagesAndResults()
    {
        List<byte[]> facts = new FactGenerator(11).Generate(500).ConvertAll(fact => fact.Encode());
        MemoryHistory history = new();
        TenantMachine live = new(Settings, history);
        foreach (byte[] fact in facts)
            history.Apply(live, fact);
        TenantMachine replayed = new(Settings, history);
        RecordBuffer results = new();
        foreach (byte[] record in history.Events)
            replayed.Replay(record, results);
        Assert.Equal(live.PageHash(), replayed.PageHash());
        Assert.Equal(live.ResultsDigest(), replayed.ResultsDigest());
        Assert.Equal(history.Results.Count, results.Count);
        for (int i = 0; i < results.Count; i++)
            Assert.Equal(history.Results[i], results[i].ToArray());
    }

    [Fact]
    public void Restore_FromAnImageTakenAnywhere_GoesOnAsIfNothingHappened()
    {
        List<byte[]> facts = new FactGenerator(12).Generate(300).ConvertAll(fact => fact.Encode());
        MemoryHistory whole = new();
        TenantMachine expected = new(Settings, whole);
        foreach (byte[] fact in facts)
            whole.Apply(expected, fact);
        for (int stop = 0; stop < facts.Count; stop += 13)
        {
            MemoryHistory history = new();
            TenantMachine first = new(Settings, history);
            foreach (byte[] fact in facts.Take(stop))
                history.Apply(first, fact);
            ImageCopy image = new(first.Capture(), () => history.Apply(first, facts[stop])); // the writer goes on meanwhile
            TenantMachine second = TenantMachine.Restore(Settings, history, image.Source());
            second.Replay(history.Events[^1], new());
            foreach (byte[] fact in facts.Skip(stop + 1))
                history.Apply(second, fact);
            Assert.True(expected.PageHash() == second.PageHash(), $"stopped at {stop}");
            Assert.Equal(expected.ResultsDigest(), second.ResultsDigest());
        }
    }

    internal static TenantMachine Run(IEnumerable<byte[]> facts)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        foreach (byte[] fact in facts)
            history.Apply(machine, fact);
        history.Drain(machine);
        return machine;
    }

    internal static void Check(IEnumerable<byte[]> facts, TenantMachine machine, string where)
    {
        Reference reference = new(facts);
        (Names _, ControlBook _, VerdictLens verdicts, IdentityGraph graph, AttributionLens attribution, IdMemory _) =
            machine.Parts;

        Dictionary<(Token, int), Verdict> actual = [];
        for (int row = 0; row < verdicts.Actors.Count; row++)
            if (verdicts.Actors[row].Actor != Actor.Nobody)
                actual.Add((verdicts.Actors[row].Actor, verdicts.Actors[row].Bucket), verdicts.Actors[row].Verdict);
        Assert.True(
            actual.OrderBy(x => x.Key).SequenceEqual(reference.Verdicts.OrderBy(x => x.Key)),
            $"verdicts differ: {where}"
        );

        Dictionary<Token, Token> founders = [];
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            CustomerState state = graph.Groups.StateOf(row);
            if (state.Size > 0)
                founders.Add(graph.Identifiers[row].Token, graph.Identifiers[state.Founder].Token);
        }
        Assert.True(
            founders.OrderBy(x => x.Key).SequenceEqual(reference.Founders.OrderBy(x => x.Key)),
            $"customers differ: {where}"
        );

        SortedDictionary<string, string> conversions = new(StringComparer.Ordinal);
        foreach ((Token id, string line) in MemoryHistory.Current(machine))
            conversions.Add(id.ToString(), line);
        foreach ((string id, string line) in reference.Conversions())
            Assert.True(
                conversions[id] == line,
                $"conversion {id}: {where}\n  expected {line}\n  actual   {conversions[id]}"
            );
        Assert.Equal(reference.Conversions().Count, attribution.Conversions.Count);
    }
}
