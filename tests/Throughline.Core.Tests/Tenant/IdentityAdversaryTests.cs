using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// The law of the pass where it is hardest: dense graphs of few values, many identifiers in an event, strategies, verdicts and
/// operators' words that change all the time, events of days before, restarts and other orders in between.
/// </summary>
public sealed class IdentityAdversaryTests
{
    private static readonly TenantSettings Settings = new("test");

    public static TheoryData<int, int, int, int, int> Shapes =>
        new()
        {
            { 1, 3, 3, 20, 4 },
            { 2, 2, 6, 30, 12 },
            { 3, 4, 6, 50, 12 },
            { 4, 8, 2, 40, 3 },
            { 5, 14, 8, 25, 30 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Apply_DenseGraphsUnderManyStatements_EqualsTheRunFromScratch(
        int shape,
        int values,
        int most,
        int statements,
        int days
    )
    {
        int sequences = LongTests.Rounds(60, 2_000);
        for (int seed = shape * 1_000_000; seed < shape * 1_000_000 + sequences; seed++)
        {
            FactGenerator generator = new(seed)
            {
                Values = values,
                Most = most,
                Statements = statements,
                Minutes = days * 24 * 60,
            };
            List<byte[]> facts = generator.Generate(30 + seed % 60).ConvertAll(fact => fact.Encode());
            Token digest = RunWithRestarts(facts, seed);
            byte[][] shuffled = [.. facts];
            new Random(seed).Shuffle(shuffled);
            Assert.True(digest == TenantMachineLawTests.Run(shuffled).ResultsDigest(), $"seed {seed}, another order");
        }
    }

    [Fact]
    public void Apply_StrategyThatChangesManyCustomersAtOnce_PublishesEachOnce()
    {
        const int Customers = 150;
        List<byte[]> facts = [];
        for (int i = 0; i < Customers; i++)
            facts.Add(
                new Fact($"e{i}", EventType.Identify, FactGenerator.Start + i)
                {
                    Identifiers = [("user", $"u{i}"), ("cookie", $"c{i}")],
                }.Encode()
            );
        facts.Add(Publish(1, Strategy.Default with { MinEvidence = 2 }));
        facts.Add(Publish(2, Strategy.Default));
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        List<int> customers = [];
        List<Token> digests = [];
        foreach (byte[] fact in facts)
        {
            int before = history.Results.Count;
            history.Apply(machine, fact);
            customers.Add(history.Results.Skip(before).Count(result => result[0] == (byte)ResultKind.Customer));
            digests.Add(machine.ResultsDigest());
        }
        Assert.Equal([2 * Customers, Customers], customers[Customers..]); // each falls in two; each two are one again
        Assert.Equal(digests[Customers - 1], digests[^1]);
        facts.Reverse();
        Assert.Equal(digests[^1], TenantMachineLawTests.Run(facts).ResultsDigest());
    }

    private static byte[] Publish(int version, Strategy strategy) =>
        new Fact($"s{version}", EventType.Control, FactGenerator.Start + version)
        {
            Document = ControlDocument.Strategy(strategy with { Version = version }),
        }.Encode();

    internal static Token RunWithRestarts(List<byte[]> facts, int seed)
    {
        Random random = new(seed);
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        for (int i = 0; i < facts.Count; i++)
        {
            if (random.Next(12) == 0)
                machine = TenantMachine.Restore(
                    Settings,
                    history,
                    new ImageCopy(machine.Capture(), () => { }).Source()
                );
            history.Apply(machine, facts[i]);
            if (random.Next(5) != 0 && i < facts.Count - 1)
                continue;
            history.Drain(machine);
            TenantMachineLawTests.Check(facts.Take(i + 1), machine, $"seed {seed}, after fact {i}");
        }
        return machine.ResultsDigest();
    }
}
