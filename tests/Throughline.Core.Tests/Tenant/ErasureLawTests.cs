using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>
/// Erasures among all other facts, in any order, with restarts in between: the same as a run from scratch over events that do not show who
/// is erased.
/// </summary>
public sealed class ErasureLawTests
{
    private static readonly TenantSettings Settings = new("test");

    public static TheoryData<int, int, int, int, int> Shapes =>
        new()
        {
            { 1, 3, 3, 20, 4 },
            { 2, 2, 6, 30, 12 },
            { 3, 5, 4, 15, 1 },
            { 4, 8, 2, 30, 3 },
            { 5, 14, 8, 12, 30 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Apply_LinksBlocksErasuresAndStrategies_EqualsTheRunFromScratch(
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
                Minutes = shape == 3 ? 40 : days * 24 * 60,
                Erasures = 30,
                RichRules = seed % 2 == 0,
            };
            List<byte[]> facts = generator.Generate(30 + seed % 60).ConvertAll(fact => fact.Encode());
            Token digest = IdentityAdversaryTests.RunWithRestarts(facts, seed);
            byte[][] shuffled = [.. facts];
            Random random = new(seed);
            for (int order = 0; order < 3; order++)
            {
                random.Shuffle(shuffled);
                TenantMachine machine = TenantMachineLawTests.Run(shuffled);
                if (digest != machine.ResultsDigest())
                    TenantMachineLawTests.Check(shuffled, machine, $"seed {seed}, order {order}");
                Assert.True(digest == machine.ResultsDigest(), $"seed {seed}, order {order}");
            }
        }
    }

    [Fact]
    public void Apply_AllOrdersOfAFewFactsWithAnErasure_GiveTheSameResults()
    {
        const long Start = FactGenerator.Start;
        const long Hour = 3_600_000;
        byte[][] facts =
        [
            Event("a", EventType.Click, 0, "user:u", "cookie:c"),
            Event("b", EventType.Click, 1, "cookie:c", "email:m"),
            Event("s", EventType.Conversion, 2, "email:m"),
            Event("t", EventType.Conversion, 5, "cookie:c", "user:u"),
            Event("x", EventType.Click, 4, "user:u", "email:m"),
            new Fact("e", EventType.Control, Start + 3 * Hour)
            {
                Document = ControlDocument.Erase(new([("cookie", Fact.TokenOf("cookie", "c"))], WithEvents: true)),
            }.Encode(),
        ];
        HashSet<Token> digests = [];
        foreach (byte[][] order in Orders(facts, 0))
        {
            TenantMachine machine = TenantMachineLawTests.Run(order);
            TenantMachineLawTests.Check(facts, machine, string.Join(' ', order.Select(IdOf)));
            digests.Add(machine.ResultsDigest());
        }
        Assert.Single(digests);

        static byte[] Event(string id, EventType type, int hour, params string[] identifiers) =>
            new Fact(id, type, Start + hour * Hour)
            {
                Campaign = "a",
                Minor = type == EventType.Conversion ? 100 : null,
                Identifiers = [.. identifiers.Select(end => (end.Split(':')[0], end.Split(':')[1]))],
            }.Encode();
        static string? IdOf(byte[] fact) => EventRecord.FromTrusted(fact).Text(EventField.Id);
    }

    [Fact]
    public void ErasureOf_AValueOfMany_IsOfItAlone_AndStaysThat()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        for (int i = 0; i < 40; i++)
            history.Apply(
                machine,
                new Fact($"e{i}", EventType.Identify, FactGenerator.Start + i)
                {
                    Identifiers = [("user", $"u{i}"), ("email", "noreply")],
                }.Encode()
            );
        Token noreply = Fact.TokenOf("email", "noreply");
        for (int turn = 0; turn < 2; turn++)
        {
            Erasure erasure = machine.ErasureOf(noreply, alone: false)!;
            Assert.Equal((1, false), (erasure.Identifiers.Count, erasure.WithEvents));
            byte[] said = new Fact($"erase{turn}", EventType.Control, FactGenerator.Start + 1_000 + turn)
            {
                Document = ControlDocument.Erase(erasure),
            }.Encode();
            Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, said));
        }
        Assert.Null(machine.ErasureOf(Fact.TokenOf("email", "nobody"), alone: false));
        Assert.True(machine.ErasureOf(Fact.TokenOf("user", "u1"), alone: false)!.WithEvents);
        Assert.False(machine.ErasureOf(Fact.TokenOf("user", "u1"), alone: true)!.WithEvents);
    }

    [Fact]
    public void Replay_OfALogWithErasures_GivesTheSamePagesAndResults()
    {
        FactGenerator generator = new(21) { Erasures = 30, Statements = 20 };
        MemoryHistory history = new();
        TenantMachine live = new(Settings, history);
        foreach (Fact fact in generator.Generate(500))
            history.Apply(live, fact.Encode());
        TenantMachine replayed = new(Settings, history);
        RecordBuffer results = new();
        foreach (byte[] record in history.Events)
            replayed.Replay(record, results);
        Assert.Equal(live.PageHash(), replayed.PageHash());
        Assert.Equal(history.Results.Count, results.Count);
        for (int i = 0; i < results.Count; i++)
            Assert.Equal(history.Results[i], results[i].ToArray());
    }

    private static IEnumerable<byte[][]> Orders(byte[][] facts, int from)
    {
        if (from == facts.Length)
            yield return [.. facts];
        for (int i = from; i < facts.Length; i++)
        {
            (facts[from], facts[i]) = (facts[i], facts[from]);
            foreach (byte[][] order in Orders(facts, from + 1))
                yield return order;
            (facts[from], facts[i]) = (facts[i], facts[from]);
        }
    }
}
