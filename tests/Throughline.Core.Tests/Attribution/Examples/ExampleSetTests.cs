using System.Text.Json.Nodes;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;
using Throughline.World;

namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>Examples against reports, orders of arrival, sampling, erasures and what is censored.</summary>
public sealed class ExampleSetTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const long Start = FactGenerator.Start;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Counts_RandomWorlds_EqualTheReport(int start)
    {
        (int credited, int unlabelled) = (0, 0);
        for (int seed = start * 1_000; seed < start * 1_000 + 120; seed++)
        {
            List<Fact> facts = new FactGenerator(seed)
            {
                RichRules = seed % 4 > 0,
                Rates = seed % 3 == 0,
                Minutes = seed % 2 == 0 ? 40 : 9 * 24 * 60,
                Erasures = seed % 5 == 0 ? 20 : 0,
                Statements = seed % 5 == 0 ? 10 : 0,
            }.Generate(220);
            (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
            (int rows, int some) = Compare(machine, history, $"seed {seed}");
            credited += rows;
            unlabelled += some;
        }
        Assert.True(credited > 300 && unlabelled > 300, $"{credited}, {unlabelled}"); // not of nothing
    }

    [Fact]
    public void Counts_OfAMonth_EqualTheReport()
    {
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(
            ExampleKit.Records(new() { People = 300, Bots = false })
        );
        (int credited, _) = Compare(machine, history, "month");
        Assert.True(credited > 100, $"{credited}");
    }

    [Fact]
    public void Rows_AnyOrderOfArrival_AreTheSameBytes()
    {
        int compared = 0;
        for (int seed = 1; seed < 40; seed++)
        {
            List<Fact> facts = new FactGenerator(seed)
            {
                RichRules = true,
                Details = true,
                Minutes = 9 * 24 * 60,
            }.Generate(200);
            Fact[] shuffled = [.. facts];
            new Random(seed).Shuffle(shuffled);
            var (machine, history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
            var (other, otherHistory) = ExampleKit.Run(shuffled.Select(fact => fact.Encode()));
            if (history.Events.Count(IsReal) != otherHistory.Events.Count(IsReal))
                continue; // another of two events with one id was first
            ExampleOptions options = new(WithInvalid: true, OneIn: seed % 3 + 1, Seed: seed);
            Assert.Equal(ExampleKit.Rows(machine, history, options), ExampleKit.Rows(other, otherHistory, options));
            compared++;
        }
        Assert.True(compared > 15, $"{compared}");
    }

    [Fact]
    public void Sampling_OneInN_KeepsPositivesAndWeighsTheOthersWithoutBias()
    {
        (TenantMachine machine, MemoryHistory history) = ExampleKit.Run(
            ExampleKit.Records(new() { People = 100, Bots = false })
        );
        DataCard all = Card(machine, history, new());
        const int Seeds = 40;
        double sum = 0;
        HashSet<long> different = [];
        for (int seed = 0; seed < Seeds; seed++)
        {
            DataCard some = Card(machine, history, new(OneIn: 10, Seed: seed));
            Assert.Equal(all.Total.Positive, some.Total.Positive);
            Assert.Equal(all.Credit, some.Credit);
            Assert.Equal(some.Total.WeightedNegative, 10 * some.Total.Negative);
            different.Add(some.Total.Negative);
            sum += some.Total.WeightedNegative;
        }
        // Each negative is kept with probability 1/10: the mean of the estimates has standard error sqrt(9 n / seeds).
        double error = Math.Sqrt(9.0 * all.Total.Negative / Seeds);
        Assert.InRange(sum / Seeds, all.Total.Negative - 4 * error, all.Total.Negative + 4 * error);
        Assert.True(all.Total.Negative > 500 && different.Count > 5, $"{all.Total.Negative}, {different.Count}");
    }

    [Fact]
    public void Make_WindowsThatAreNotOver_AreNotNegative()
    {
        Fact Click(string id, long time, string campaign = "a", string user = "u") =>
            new(id, EventType.Click, Start + time) { Identifiers = [("user", user)], Campaign = campaign };
        Fact[] facts =
        [
            Campaign("a", 2 * Day),
            Click("old", 0),
            Click("earned", 3 * Day),
            new("sale", EventType.Conversion, Start + 4 * Day) { Identifiers = [("user", "u")], Minor = 700 },
            Click("late", 5 * Day, user: "v"),
            Click("open", 8 * Day - 1, user: "w"),
            Click("alone", 8 * Day - 1, "nothing", "w"),
            new("now", EventType.Identify, Start + 10 * Day - 1) { Identifiers = [("user", "x")] },
        ];
        string States(long horizon)
        {
            MemoryHistory history = new();
            TenantMachine machine = new(new("test", horizon), history);
            foreach (Fact fact in facts)
                history.Apply(machine, fact.Encode());
            history.Drain(machine);
            return string.Join(
                ' ',
                ExampleKit
                    .Rows(machine, history, new())
                    .Select(row => JsonNode.Parse(row)!)
                    .Select(x =>
                        $"{x["id"]}:{x["state"]}:{x["label"]}:{x["conversions_after"]}:{x["net_credit_minor"]}"
                    )
            );
        }
        Assert.Equal(
            "old:final:0:0: earned:final:1:1:700 late:late:0:0: alone:uncovered::: open:open:::",
            States(4 * Day)
                .Replace("open:open::: alone:uncovered:::", "alone:uncovered::: open:open:::", StringComparison.Ordinal)
        );
        Assert.Contains("late:final:0:0:", States(Day), StringComparison.Ordinal);
    }

    [Fact]
    public void Make_ConversionsWithAndWithoutValue_ShowTheMoney()
    {
        Fact Event(string id, EventType type, long time) =>
            new(id, type, Start + time)
            {
                Identifiers = [("user", "u")],
                Campaign = type == EventType.Click ? "a" : null,
            };
        Fact[] facts =
        [
            Campaign("a", 2 * Day),
            Event("click", EventType.Click, 0),
            Event("sign-up", EventType.Conversion, Hour),
            Event("sale", EventType.Conversion, 2 * Hour) with
            {
                Minor = 700,
            },
            new("now", EventType.Identify, Start + 9 * Day) { Identifiers = [("user", "x")] },
        ];
        var (machine, history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
        JsonNode row = JsonNode.Parse(Assert.Single(ExampleKit.Rows(machine, history, new())))!;
        Assert.Equal(
            "2 700 EUR :0:0:0",
            $"{row["credited"]} {row["credit_minor"]} {row["currency"]} {row["other_credit"]}"
        );
    }

    [Fact]
    public void Make_WhatWasErased_IsInNoHistory()
    {
        Fact Click(string id, long time, params (string, string)[] who) =>
            new(id, EventType.Click, Start + time) { Identifiers = who, Campaign = "a" };
        Fact[] facts =
        [
            Campaign("a", 2 * Day),
            Click("c-1", 0, ("cookie", "c")),
            Click("c-2", Hour, ("cookie", "c"), ("user", "u")),
            Click("c-3", 2 * Hour, ("user", "u")),
            new("erase", EventType.Control, Start + Day)
            {
                Document = ControlDocument.Erase(new([("cookie", Fact.TokenOf("cookie", "c"))], WithEvents: false)),
            },
            Click("c-4", 2 * Day, ("cookie", "c")),
            Click("c-5", 3 * Day, ("cookie", "c"), ("user", "u")),
        ];
        var (machine, history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
        Assert.Equal(
            ["c-1 0 0 ", "c-2 0 1 user", "c-3 1 1 user", "c-4 0 1 cookie", "c-5 3 2 cookie user"],
            ExampleKit
                .Rows(machine, history, new())
                .Select(row => JsonNode.Parse(row)!)
                .Select(x => $"{x["id"]} {x["touches_ever"]} {x["identifiers"]} {x["identifier_types"]}")
        );
    }

    [Fact]
    public void Gather_AfterAPlace_GivesTheRest()
    {
        List<Fact> facts = new FactGenerator(7).Generate(400);
        var (machine, history) = ExampleKit.Run(facts.Select(fact => fact.Encode()));
        List<ExamplePlace> places = [];
        ExampleSet set = ExampleKit.Each(machine, history, new(WithInvalid: true), x => places.Add(x.Place));
        Assert.Equal(places.Order(), places);
        Assert.True(places.Count > 40);
        foreach (ExamplePlace place in places)
        {
            Assert.True(ExamplePlace.TryParse(place.ToString(), out ExamplePlace parsed));
            Assert.Equal(place, parsed);
            List<(int Ordinal, long Position)> found = [];
            set.Gather(set.OrdinalAfter(place, history.ReadCopy), int.MaxValue, found);
            Assert.Equal(places.Count - places.IndexOf(place) - 1, found.Count);
        }
        foreach (string wrong in (string[])["", "-", "5", "x-y", $"-1-{default(Token)}", $"{Start}-zz"])
            Assert.False(ExamplePlace.TryParse(wrong, out _));
    }

    // However many are of one instant, a place among them is found by a few reads.
    [Fact]
    public void OrdinalAfter_ManyOfOneInstant_ReadsFewOfThem()
    {
        const int Touches = 2_000;
        var (machine, history) = ExampleKit.Run(
            Enumerable
                .Range(0, Touches)
                .Select(i => ClickOf($"c-{i}", 0, $"u{i % 7}"))
                .Concat([Sale("s-1", 0, "o", "u1"), Sale("s-2", 0, "o", "u1")])
        );
        List<ExamplePlace> places = [];
        ExampleSet set = ExampleKit.Each(machine, history, new(WithInvalid: true), x => places.Add(x.Place));
        Assert.Equal(Touches, places.Count);
        for (int i = 0; i < Touches; i += 97)
        {
            int reads = 0;
            List<(int Ordinal, long Position)> found = [];
            int ordinal = set.OrdinalAfter(
                places[i],
                position =>
                {
                    reads++;
                    return history.ReadCopy(position);
                }
            );
            set.Gather(ordinal, int.MaxValue, found);
            Assert.Equal(Touches - i - 1, found.Count);
            Assert.InRange(reads, 1, 12); // 2^11 > 2,002
        }
    }

    // Each conversion before a touch is looked at twice at most, not once for each other: the cost of one touch is bounded by what it looks back at.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Features_ManyConversionsBefore_LookAtEachTwiceAtMost(int reports)
    {
        const int Sales = 900;
        var (machine, history) = ExampleKit.Run(
            Enumerable
                .Range(0, Sales)
                .Select(i => Sale($"s-{i}", i * 1_000, $"o-{i / reports}", "ada"))
                .Append(ClickOf("c-1", Day, "ada"))
        );
        List<(int, int, long)> found = [];
        ExampleKit.Each(
            machine,
            history,
            new(WithInvalid: true),
            x =>
                found.Add(
                    (
                        x.Features[HistoryCount.Conversions, HistoryWindow.Ever],
                        x.Features.Looks,
                        x.Features.EarlierMinor
                    )
                )
        );
        Assert.Equal([(Sales / reports, Sales + Sales / reports, 100L * Sales / reports)], found);
    }

    private static byte[] ClickOf(string id, long after, string user) =>
        new Fact(id, EventType.Click, Start + after) { Identifiers = [("user", user)], Campaign = "a" }.Encode();

    private static byte[] Sale(string id, long after, string order, string user) =>
        new Fact(id, EventType.Conversion, Start + after)
        {
            Identifiers = [("user", user)],
            Kind = "purchase",
            OrderId = order,
            Minor = 100,
        }.Encode();

    private static bool IsReal(byte[] record) => EventRecord.FromTrusted(record).Type != EventType.Tick;

    private static Fact Campaign(string name, long windowMs) =>
        new($"campaign-{name}", EventType.Control, 0)
        {
            Document = ControlDocument.Campaign(
                new(name, 1, windowMs, CreditModel.LastTouch, 0, "default", 0, long.MaxValue, true, 0, -1)
            ),
        };

    private static DataCard Card(TenantMachine machine, MemoryHistory history, ExampleOptions options)
    {
        CreditView view = new(machine, withCustomers: true);
        DataCardTally? tally = null;
        ExampleSet set = ExampleKit.Set(view, machine, history, options);
        tally = new(view, options, set);
        ExampleKit.Each(machine, history, options, tally.Add);
        return tally.Finish();
    }

    // By campaign and currency: touches that were delivered, credits, credit before and after refunds, to the cent.
    private static (int Credited, int Unlabelled) Compare(TenantMachine machine, MemoryHistory history, string name)
    {
        CreditView view = new(machine);
        CreditTally tally = new(view, new(ReportDate.Touch, [ReportPart.Campaign], ByDay: false));
        foreach ((_, ConversionCase one) in MemoryHistory.CurrentCases(machine))
            tally.Add(one);
        view.ForTouches(
            0,
            int.MaxValue,
            (in ReportTouch touch, long _, bool isValid) => tally.Cube.Deliver(touch, isValid)
        );
        CreditReport report = tally.Finish(new());
        DataCard card = Card(machine, history, new(WithInvalid: true));
        Assert.Equal(
            report
                .Rows.Where(x => x.Touches > 0)
                .Select(x => (x.Campaign, x.Currency, x.Touches, x.CreditedMinor, x.Minor)),
            card.Campaigns.SelectMany(x =>
                x.Credit.Select(y => ((string?)x.Name, y.Currency, y.Credited, y.CreditedMinor, y.NetMinor))
            )
        );
        Assert.Equal(
            report
                .Rows.Where(x => x.Delivery is not null)
                .Select(x => (x.Campaign, x.Delivery!.Touches + x.Delivery.Invalid)),
            card.Campaigns.Select(x => ((string?)x.Name, x.Counts.Rows))
        );
        DataCard valid = Card(machine, history, new());
        Assert.Equal(report.Rows.Sum(x => x.Delivery?.Touches ?? 0), valid.Total.Rows);
        int credited = 0;
        ExampleKit.Each(
            machine,
            history,
            new(WithInvalid: true, OneIn: 1_000),
            x => credited += Math.Min(1, x.Credited)
        );
        Assert.Equal(
            MemoryHistory
                .CurrentCases(machine)
                .SelectMany(x => x.Case.Candidates.Where(c => c.Reason == TouchReason.Credited))
                .Select(x => x.Position)
                .Distinct()
                .Count(),
            credited
        );
        Assert.True(card.Total.Rows == card.States.Values.Sum(), name);
        return ((int)card.Credit.Sum(x => x.Credited), (int)card.Total.Unlabelled);
    }
}
