using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>What is said too late for a conversion changes it no more, in whichever order all of it arrives.</summary>
public sealed class FinalLawTests
{
    private const long RestateMs = 10 * 60_000;
    private static readonly TenantSettings Settings = new("test", RestateForMs: RestateMs);
    private static readonly Finality Finality = new(RestateMs);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_WithABound_EqualsTheRunFromScratchWithoutWhatWasSaidTooLate(bool rates)
    {
        int differ = 0;
        for (int seed = 0; seed < 120; seed++)
        {
            List<byte[]> facts = Facts(seed, 70, rates);
            TenantMachine machine = Run(facts);
            SortedDictionary<string, string> expected = Reference.FinalConversions(facts, Finality);
            SortedDictionary<string, string> unbounded = new Reference(facts).Conversions();
            foreach ((Token id, string line) in MemoryHistory.Current(machine))
            {
                Assert.True(expected[id.ToString()] == line, $"seed {seed}\n{expected[id.ToString()]}\n{line}");
                differ += unbounded[id.ToString()] == line ? 0 : 1;
            }
        }
        Assert.True(differ > 50, $"{differ} differ"); // else the bound did nothing
    }

    [Fact]
    public void Apply_WithABoundInRandomOrders_GivesTheSameResultsDigest()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            List<byte[]> facts = Facts(seed, 120, rates: true);
            Token expected = Run(facts).ResultsDigest();
            Random random = new(seed);
            for (int order = 0; order < 50; order++)
            {
                byte[][] shuffled = [.. facts];
                random.Shuffle(shuffled);
                Assert.True(expected == Run(shuffled).ResultsDigest(), $"seed {seed}, order {order}");
            }
        }
    }

    [Fact]
    public void IsFinal_OnceNoLateEventCanComeBeforeTheEnd()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        long start = FactGenerator.Start;
        Assert.False(machine.IsFinal(start));
        long end = Finality.EndOf(start);
        Assert.InRange(end, start + RestateMs - 300_000, start + RestateMs);
        history.Apply(machine, Seen("a", end + TenantSettings.DefaultHorizonMs - 1));
        Assert.False(machine.IsFinal(start));
        history.Apply(machine, Seen("b", end + TenantSettings.DefaultHorizonMs));
        Assert.True(machine.IsFinal(start));
        Assert.False(new TenantMachine(new("test"), history).IsFinal(0)); // without a bound nothing is
    }

    [Fact]
    public void EarliestOf_AFact_IsTheFirstConversionWhoseEndIsAfterIt()
    {
        Random random = new(7);
        for (int i = 0; i < 10_000; i++)
        {
            long fact = FactGenerator.Start + random.NextInt64(100_000_000);
            long earliest = Finality.EarliestOf(fact);
            Assert.True(Finality.EndOf(earliest) > fact);
            Assert.True(Finality.EndOf(earliest - 1) <= fact);
        }
    }

    private static byte[] Seen(string id, long time) =>
        new Fact(id, EventType.Identify, time) { Identifiers = [("cookie", "c")] }.Encode();

    private static List<byte[]> Facts(int seed, int count, bool rates) =>
        new FactGenerator(seed)
        {
            RichRules = true,
            Rates = rates,
            CustomerFacts = true,
        }
            .Generate(count)
            .ConvertAll(fact => fact.Encode());

    private static TenantMachine Run(IEnumerable<byte[]> facts)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        foreach (byte[] fact in facts)
            history.Apply(machine, fact);
        history.Drain(machine);
        return machine;
    }
}
