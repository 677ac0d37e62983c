using Throughline.Core.Attribution.Examples;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;
using Throughline.World;

namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>No feature knows anything of the touch's instant or after it.</summary>
public sealed class LeakageTests
{
    private const int Most = 10_000;

    private static readonly WorldOptions Month = new()
    {
        People = 700,
        Seed = 3,
        Bots = false,
    };

    [Fact]
    public void Features_TenThousandExamplesOfAWorld_AreThoseOfTheEventsBeforeThemAlone()
    {
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(ExampleKit.Records(Month));

        (int checkedOnes, int wrong, string? first) = Check(machine, history, 0, Most);

        Assert.Equal(Most, checkedOnes);
        Assert.True(wrong == 0, first);
    }

    [Theory]
    [InlineData(1)] // the touch itself, and what happened in its millisecond
    [InlineData(60_000)]
    [InlineData(86_400_000)]
    public void Features_WithAPlantedLeak_AreNoticed(long lateMs)
    {
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(ExampleKit.Records(Month with { People = 60 }));

        (int checkedOnes, int wrong, _) = Check(machine, history, lateMs, 500);

        Assert.Equal(500, checkedOnes);
        Assert.True(wrong > 100, $"{wrong}"); // the touch itself changes at least the times since others
    }

    [Fact]
    public void Features_OfRandomFacts_WithTiesAndOrdersAndTypes_AreThoseOfTheOracle()
    {
        int all = 0;
        for (int seed = 900; seed < 1_000; seed++)
        {
            List<Fact> facts = new FactGenerator(seed)
            {
                RichRules = seed % 2 == 0,
                Details = true,
                Rates = true,
                Minutes = seed % 3 == 0 ? 40 : 40 * 24 * 60,
            }.Generate(250);
            (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
            (int checkedOnes, int wrong, string? first) = Check(machine, history, 0, int.MaxValue);
            Assert.True(wrong == 0, $"seed {seed}: {first}");
            all += checkedOnes;
        }
        Assert.True(all > 5_000, $"{all}");
    }

    [Fact]
    public void Features_OfAValueThatManyShow_CountTheNewestOfItsHistory()
    {
        Random random = new(8);
        Fact[] facts =
        [
            .. Enumerable
                .Range(0, 2_500)
                .Select(i => new Fact($"t-{i}", EventType.View, FactGenerator.Start + random.Next(900_000_000))
                {
                    Identifiers = [("email", "noreply"), ("cookie", $"c-{i % 40}")],
                    Campaign = $"{i % 3}",
                }),
        ];
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
        (int checkedOnes, int wrong, string? first) = Check(machine, history, 0, 300);
        Assert.True(wrong == 0, first);
        Assert.Equal(300, checkedOnes);
    }

    /// <summary>The product itself over a log that ends there: what came after is not there to be known.</summary>
    [Fact]
    public void Features_OfAMachineThatKnowsNoLaterEvent_AreTheSame()
    {
        List<byte[]> records = ExampleKit.Records(Month with { People = 150 });
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(records);
        Dictionary<Token, string> whole = Features(machine, history);
        long start = Month.Start.ToUnixTimeMilliseconds();
        int compared = 0;
        for (int day = 2; day <= 30; day += 4)
        {
            long cut = start + day * 86_400_000L + 7 * 3_600_000;
            var (some, itsHistory) = ExampleKit.Run(
                records.Where(record => EventRecord.FromTrusted(record).Time < cut)
            );
            foreach ((Token id, string features) in Features(some, itsHistory))
            {
                Assert.Equal(whole[id], features);
                compared++;
            }
        }
        Assert.True(compared > 5_000, $"{compared}");
    }

    private static Dictionary<Token, string> Features(TenantMachine machine, MemoryHistory history)
    {
        Dictionary<Token, string> all = [];
        ExampleKit.Each(
            machine,
            history,
            new(WithInvalid: true),
            example => all.Add(example.Place.Id, string.Join('|', ExampleKit.FeaturesOf(example)))
        );
        return all;
    }

    private static (int Checked, int Wrong, string? First) Check(
        TenantMachine machine,
        MemoryHistory history,
        long lateMs,
        int most
    )
    {
        ExampleOracle oracle = new(history.Events);
        List<(Token Id, Dictionary<string, string> Features)> all = [];
        ExampleKit.Each(
            machine,
            history,
            new(WithInvalid: true),
            example => all.Add((example.Place.Id, ExampleKit.FeaturesOf(example))),
            lateMs
        );
        double step = Math.Max(1, all.Count / (double)most); // some of the whole time, not the first
        (int count, int wrong, string? first) = (0, 0, null);
        for (double at = 0; (int)at < all.Count && count < most; at += step, count++)
        {
            (Token id, Dictionary<string, string> features) = all[(int)at];
            Dictionary<string, string> expected = oracle.FeaturesOf(id);
            Assert.Equal(expected.Keys.Order(), features.Keys.Order());
            string[] differ = [.. expected.Where(x => features[x.Key] != x.Value).Select(x => x.Key)];
            if (differ.Length == 0)
                continue;
            wrong++;
            first ??= $"{id} {differ[0]}: {features[differ[0]]}, not {expected[differ[0]]}";
        }
        return (count, wrong, first);
    }
}
