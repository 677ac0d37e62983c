using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>The laws of lenses.md where rules have models, caps, reuse, pauses, expressions and match tiers.</summary>
public sealed class RuleLawTests
{
    private static readonly TenantSettings Settings = new("test");

    private static List<byte[]> Facts(int seed, int count, int minutes = 40) =>
        new FactGenerator(seed) { RichRules = true, Minutes = minutes }
            .Generate(count)
            .ConvertAll(fact => fact.Encode());

    [Theory]
    [InlineData(1, 300, 40, 40)]
    [InlineData(2, 100, 120, 40)]
    [InlineData(3, 60, 150, 12 * 24 * 60)]
    public void Apply_RandomFacts_EqualsTheRunFromScratch(int start, int sequences, int length, int minutes)
    {
        for (int seed = start * 100_000; seed < start * 100_000 + sequences; seed++)
        {
            List<byte[]> facts = Facts(seed, length, minutes);
            TenantMachineLawTests.Check(facts, TenantMachineLawTests.Run(facts), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(4, 200, 90, 40)]
    [InlineData(5, 150, 200, 600)]
    public void Apply_RandomFactsWithExchangeRates_EqualsTheRunFromScratch(
        int start,
        int sequences,
        int length,
        int minutes
    )
    {
        int converted = 0;
        int missing = 0;
        for (int seed = start * 100_000; seed < start * 100_000 + sequences; seed++)
        {
            List<byte[]> facts = RatedFacts(seed, length, minutes);
            TenantMachine machine = TenantMachineLawTests.Run(facts);
            TenantMachineLawTests.Check(facts, machine, $"seed {seed}");
            foreach ((Token _, ConversionCase conversion) in MemoryHistory.CurrentCases(machine))
            {
                converted += conversion.Shares.Count(share => !share.Rate.IsNone);
                missing += conversion.Candidates.Count(candidate => candidate.Reason == TouchReason.NoRate);
            }
        }
        Assert.True(converted > 30 && missing > 3, $"{converted} converted, {missing} without rate"); // else nothing was tested
    }

    [Fact]
    public void Apply_WithExchangeRatesInRandomOrders_GivesTheSameResultsDigest()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            List<byte[]> facts = RatedFacts(seed, 120, 3 * 24 * 60);
            Token expected = TenantMachineLawTests.Run(facts).ResultsDigest();
            Random random = new(seed);
            for (int order = 0; order < 60; order++)
            {
                byte[][] shuffled = [.. facts];
                random.Shuffle(shuffled);
                Assert.True(
                    expected == TenantMachineLawTests.Run(shuffled).ResultsDigest(),
                    $"seed {seed}, order {order}"
                );
            }
        }
    }

    [Fact]
    public void Apply_RulesThatAskForFactsOfTheCustomer_EqualsTheRunFromScratchInAnyOrder()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            byte[][] facts =
            [
                .. new FactGenerator(seed) { RichRules = true, CustomerFacts = true }
                    .Generate(90)
                    .Select(fact => fact.Encode()),
            ];
            Token expected = default;
            for (int order = 0; order < 3; order++)
            {
                TenantMachine machine = TenantMachineLawTests.Run(facts);
                TenantMachineLawTests.Check(facts, machine, $"seed {seed}, order {order}");
                Assert.True(order == 0 || expected == machine.ResultsDigest(), $"seed {seed}, order {order}");
                expected = machine.ResultsDigest();
                new Random(seed + order).Shuffle(facts);
            }
        }
    }

    private static List<byte[]> RatedFacts(int seed, int count, int minutes) =>
        new FactGenerator(seed)
        {
            RichRules = true,
            Rates = true,
            Minutes = minutes,
        }
            .Generate(count)
            .ConvertAll(fact => fact.Encode());

    [Fact]
    public void Apply_AfterEveryFact_EqualsTheRunFromScratch()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            List<byte[]> facts = Facts(seed, 40);
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            for (int i = 0; i < facts.Count; i++)
            {
                history.Apply(machine, facts[i]);
                history.Drain(machine);
                TenantMachineLawTests.Check(facts.Take(i + 1), machine, $"seed {seed}, after fact {i}");
            }
        }
    }

    [Fact]
    public void Apply_In200RandomOrders_GivesTheSameResultsDigest()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            List<byte[]> facts = Facts(seed, 120);
            Token expected = TenantMachineLawTests.Run(facts).ResultsDigest();
            Random random = new(seed);
            for (int order = 0; order < 200; order++)
            {
                byte[][] shuffled = [.. facts, facts[random.Next(facts.Count)]]; // one of them twice
                random.Shuffle(shuffled);
                TenantMachine machine = TenantMachineLawTests.Run(shuffled);
                if (expected != machine.ResultsDigest())
                    TenantMachineLawTests.Check(shuffled.Distinct(), machine, $"seed {seed}, order {order}");
                Assert.True(expected == machine.ResultsDigest(), $"seed {seed}, order {order}");
            }
        }
    }

    [Fact]
    public void ReplayAndRestore_GoOnAsIfNothingHappened()
    {
        List<byte[]> facts = Facts(12, 200);
        MemoryHistory whole = new();
        TenantMachine expected = new(Settings, whole);
        foreach (byte[] fact in facts)
            whole.Apply(expected, fact);
        TenantMachine replayed = new(Settings, whole);
        RecordBuffer results = new();
        foreach (byte[] record in whole.Events)
            replayed.Replay(record, results);
        Assert.Equal(expected.PageHash(), replayed.PageHash());
        Assert.Equal(expected.ResultsDigest(), replayed.ResultsDigest());
        for (int stop = 0; stop < facts.Count; stop += 17)
        {
            MemoryHistory history = new();
            TenantMachine first = new(Settings, history);
            foreach (byte[] fact in facts.Take(stop))
                history.Apply(first, fact);
            ImageCopy image = new(first.Capture(), () => { });
            TenantMachine second = TenantMachine.Restore(Settings, history, image.Source());
            foreach (byte[] fact in facts.Skip(stop))
                history.Apply(second, fact);
            Assert.True(expected.PageHash() == second.PageHash(), $"stopped at {stop}");
        }
    }
}
