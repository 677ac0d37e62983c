using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Examples;

public sealed class DataCardTests
{
    private const long Hour = 3_600_000;
    private const long Start = FactGenerator.Start;

    [Fact]
    public void Drift_OfWhatChanges_IsGreat_AndOfTheRestAboutChance()
    {
        Random random = new(11);
        const int Touches = 3_000;
        DataCard card = Card(
            Enumerable
                .Range(0, Touches)
                .Select(i => new Fact($"t-{i}", EventType.Click, Start + i * Hour / 4)
                {
                    Identifiers = [("user", $"u-{random.Next(100_000)}")],
                    Campaign = random.Next(10) < (i < Touches / 2 ? 8 : 3) ? "a" : "b",
                    Creative = $"c-{random.Next(5)}",
                    Placement = i < Touches / 2 && random.Next(2) == 0 ? null : "top",
                }),
            new()
        );
        CardFeature Feature(string name) => card.Features.Single(x => x.Name == name);
        Assert.True(Feature("campaign").Psi > 0.25, $"{Feature("campaign")}");
        Assert.InRange(Feature("creative").Psi!.Value, 0, 5 * Feature("creative").PsiByChance!.Value);
        Assert.InRange(Feature("hour").Psi!.Value, 0, 0.02); // whole days, but for parts of two
        Assert.Equal(24, Feature("hour").Bins);
        Assert.InRange(Feature("placement").Missing!.Value, 0.45m, 0.55m);
        Assert.Equal(0, Feature("placement").MissingLater);
        Assert.Equal([Touches / 2, Touches / 2], card.Periods.Select(x => x.Counts.Rows));
        Assert.Equal(Touches, card.Days.Sum(x => x.Counts.Rows));
    }

    [Fact]
    public void Split_AtAnInstant_DividesTheExamples()
    {
        Fact[] facts =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i => new Fact($"t-{i}", EventType.View, Start + i * Hour) { Identifiers = [("user", "u")] }),
        ];
        Assert.Equal([3, 7], Card(facts, new(Split: Start + 3 * Hour)).Periods.Select(x => (int)x.Counts.Rows));
        Assert.Equal([5, 5], Card(facts, new()).Periods.Select(x => (int)x.Counts.Rows));
        DataCard one = Card(facts, new(Split: Start - 1));
        Assert.Equal([0, 10], one.Periods.Select(x => (int)x.Counts.Rows));
        Assert.All(one.Features, feature => Assert.Null(feature.Psi));
    }

    [Fact]
    public void Write_NamesThatClientsChose_StayInTheirCells()
    {
        string page = DataCardText.Write(
            Card(
                [
                    new("t", EventType.Click, Start)
                    {
                        Identifiers = [("user", "u")],
                        Campaign = "a|b](http://x)<script>&*_`#",
                    },
                ],
                new()
            )
        );
        string row = page.Split('\n').Single(line => line.Contains("script", StringComparison.Ordinal));
        Assert.StartsWith(
            @"| campaign a\|b\](http://x)\<script\>\&\*\_\`\# | 1 | 0 | 0 | 1 |",
            row,
            StringComparison.Ordinal
        );
    }

    private static DataCard Card(IEnumerable<Fact> facts, ExampleOptions options)
    {
        var (machine, history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
        CreditView view = new(machine, withCustomers: true);
        DataCardTally tally = new(view, options, ExampleKit.Set(view, machine, history, options));
        ExampleKit.Each(machine, history, options, tally.Add);
        return tally.Finish();
    }
}
