using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution;

/// <summary>One sale that was told several times: which conversion counts, what the others name, whom a refund reaches.</summary>
public sealed class OrderScenarioTests
{
    private const long Start = FactGenerator.Start;

    private readonly MemoryHistory history = new();
    private readonly TenantMachine machine;

    public OrderScenarioTests() => machine = new(new("test"), history);

    [Fact]
    public void Refund_ThatNamesADuplicate_IsTakenFromTheConversionThatCounts_InEveryOrder()
    {
        Fact[] facts =
        [
            Sale("first", 0),
            Sale("second", 1),
            Sale("third", 2),
            Refund("r1", "third"),
            Refund("r2", "first"),
        ];
        foreach (Fact[] order in Orders(facts))
        {
            MemoryHistory log = new();
            TenantMachine told = new(new("test"), log);
            foreach (Fact fact in order)
                log.Apply(told, fact.Encode());
            log.Drain(told);
            string names = string.Join(", ", order.Select(fact => fact.Id));
            Assert.True(Last(log, "first").Refunded == 20, names);
            Assert.True(Last(log, "second") is { Status: ConversionStatus.DuplicateOrder, Refunded: 0 }, names);
            Assert.True(Last(log, "third") is { Status: ConversionStatus.DuplicateOrder, Refunded: 0 }, names);
        }
    }

    [Fact]
    public void Refund_OfADuplicateInItsOwnCurrency_IsIgnoredWhereTheConversionThatCountsHasAnother()
    {
        Apply(
            Sale("first", 0),
            Sale("second", 1) with
            {
                Currency = "USD",
            },
            Refund("r", "second") with
            {
                Currency = "USD",
            }
        );
        Assert.Equal(0, Last(history, "first").Refunded);
        Assert.False(Assert.Single(Last(history, "first").Refunds).SameCurrency); // and is listed
    }

    [Fact]
    public void Conversion_EarlierThanTheOneThatCounted_IsNamedByAllOthers()
    {
        Apply(Sale("c", 3), Sale("d", 4), Sale("b", 2));
        Assert.Equal(["c>b", "d>b"], Duplicates("c", "d"));
        Apply(Sale("e", 5), Sale("a", 1), Sale("f", 2));
        Assert.Equal(["b>a", "c>a", "d>a", "e>a", "f>a"], Duplicates("b", "c", "d", "e", "f"));
        Assert.Equal(ConversionStatus.Unattributed, Last(history, "a").Status);
    }

    [Fact]
    public void Conversion_OfOneInstant_TheLeastIdCounts()
    {
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"s{i}")];
        Apply([.. ids.Select(id => Sale(id, 7))]);
        string least = ids.MinBy(id => Fact.TokenOf("event", id))!;
        Assert.All(ids.Where(id => id != least), id => Assert.Equal([$"{id}>{least}"], Duplicates(id)));
    }

    [Fact]
    public void Conversion_OfOneOrderVeryOften_CostsTheSameAsTheFirst()
    {
        // Quadratic work would be 30,000 * 30,000 / 2 steps and more; the queue alone tells it without a clock.
        for (int i = 0; i < 30_000; i++)
            history.Apply(machine, Sale($"s{i}", i).Encode());
        Assert.False(machine.HasBacklog);
        Assert.Equal(30_000, history.Results.Count(result => result[0] == (byte)ResultKind.Conversion));
    }

    private void Apply(params Fact[] facts)
    {
        foreach (Fact fact in facts)
            Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, fact.Encode()));
        history.Drain(machine);
    }

    private IEnumerable<string> Duplicates(params string[] ids) =>
        ids.Select(id =>
        {
            ConversionCase conversion = Last(history, id);
            EventRecord canonical = EventRecord.FromTrusted(history.Read(conversion.DuplicateOf));
            Assert.Equal(conversion.DuplicateOfId, canonical.Id);
            return $"{id}>{canonical.Text(EventField.Id)}";
        });

    private static ConversionCase Last(MemoryHistory log, string id) =>
        ConversionResult.Read(
            ResultRecord.FromTrusted(
                log.Results.FindLast(result =>
                    result[0] == (byte)ResultKind.Conversion
                    && ResultRecord.FromTrusted(result).Subject == Fact.TokenOf("event", id)
                )!
            )
        );

    private static Fact Sale(string id, int second) =>
        new(id, EventType.Conversion, Start + second * 1000)
        {
            Identifiers = [("cookie", "c")],
            OrderId = "o",
            Minor = 100,
        };

    private static Fact Refund(string id, string conversion) =>
        new(id, EventType.Refund, Start + 60_000) { Conversion = conversion, Minor = 10 };

    private static IEnumerable<Fact[]> Orders(Fact[] facts) =>
        facts.Length == 1
            ? [facts]
            : facts.SelectMany(
                first => Orders([.. facts.Where(fact => fact != first)]),
                (first, rest) => (Fact[])[first, .. rest]
            );
}
