using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Timeline;

/// <summary>Random rules and timelines: the kernel says what the definition says, and money adds up whatever the model.</summary>
public sealed class TimelineKernelPropertyTests
{
    private const int Cases = 10_000;
    private const string NotDirect = "touch.channel != 'direct'";
    private const string Double = "conversion.minor * 2";
    private const long Hour = 3_600_000;

    private static readonly WeightTable Table = new(
        "t",
        1,
        new Dictionary<string, long>
        {
            ["search"] = 7,
            ["email"] = 2,
            ["direct"] = 0,
        }
    );

    private static readonly AttributionModel[] Models =
    [
        AttributionModel.Last,
        AttributionModel.Linear,
        AttributionModel.UShaped,
        AttributionModel.JShaped,
        AttributionModel.InverseJ,
        new(ModelKind.First),
        new(ModelKind.LastNonDirect),
        new(ModelKind.SameTouch),
        new(ModelKind.UniqueLinear),
        new(ModelKind.Participation),
        new(ModelKind.Position) { Shares = [0, 1, 0] },
        new(ModelKind.W) { Lead = "lead", Opportunity = "deal" },
        new(ModelKind.TimeDecay) { HalfLifeMs = 5 * Hour },
        new(ModelKind.CreditVector) { Shares = [5, 3, 1] },
        new(ModelKind.DataDriven) { Table = ("t", 1) },
    ];

    [Fact]
    public void Evaluate_RandomTimelines_EqualsTheDefinitionReadPlainly()
    {
        Random random = Seeds.Random();
        Dictionary<ModelKind, int> shared = [];
        HashSet<TouchReason> reasons = [];
        for (int round = 0; round < Cases; round++)
        {
            PublishedRule[] rules = Rules(random);
            Met[] touches = Touches(random);
            Won[] sales = Sales(random);
            TimelineCase run = new(rules, touches, sales, [Table]);
            TimelineOracle oracle = new(
                rules,
                new Dictionary<string, WeightTable> { ["t@1"] = Table },
                (rule, x, _, _) => rule.Eligible is null || x.Channel != "direct",
                (rule, x) => rule.Value is null ? x.Minor : x.Minor * 2
            );
            foreach (Won won in sales.OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal))
            {
                (ConversionStatus status, List<OracleTouch> expected, List<string> groups) = oracle.Next(
                    [.. touches.OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal)],
                    won
                );
                string where = $"case {round}, {won.Id}";
                Assert.True(status == run.Credit(won.Id).Status, where);
                Assert.Equal(
                    string.Join('\n', groups),
                    string.Join('\n', run.Groups(won.Id).Select(x => Text(run, x)))
                );
                OracleTouch[] actual =
                [
                    .. run.Candidates(won.Id)
                        .Select(x => new OracleTouch(
                            run.Id(x),
                            x.Reason,
                            x.Rank,
                            x.Reason == 0 ? x.Minor : 0,
                            x.Reason == 0 ? x.Net : 0
                        )),
                ];
                Assert.True(
                    expected.SequenceEqual(actual),
                    $"{where}\n{string.Join('\n', expected)}\n--\n{string.Join('\n', (IEnumerable<OracleTouch>)actual)}"
                );
                reasons.UnionWith(actual.Select(x => x.Reason));
                foreach (GroupCredit group in run.Groups(won.Id).Where(x => x.Rule >= 0))
                    shared[ModelOf(run, group)] = shared.GetValueOrDefault(ModelOf(run, group)) + 1;
            }
        }
        // A reason or a model that never came up would have been tested by nobody.
        Assert.Equal(Models.Select(x => x.Kind).Distinct().Order(), shared.Keys.Order());
        TouchReason[] notMade = [TouchReason.EligibilityError, TouchReason.NoRate, TouchReason.ValueError];
        Assert.Equal(Enum.GetValues<TouchReason>().Except(notMade).Order(), reasons.Order());

        static ModelKind ModelOf(TimelineCase run, GroupCredit group) => run.Rules.Rules[group.Rule].Rule.Model.Kind;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluate_AnyModel_ConservesValueAndNeverGoesBelowZero(bool exchanges)
    {
        Random random = Seeds.Random();
        int exchanged = 0;
        for (int round = 0; round < Cases; round++)
        {
            PublishedRule[] rules = Rules(random);
            Won[] sales = Sales(random);
            if (exchanges)
            {
                rules = [.. rules.Select(x => x with { Rule = x.Rule with { Currency = Pick(random, "JPY", "KWD") } })];
                sales = [.. sales.Select(x => x with { Currency = Pick(random, "EUR", "USD") })];
            }
            long all = random.Next(1, 100_000);
            sales[0] = sales[0] with { Minor = all, Refunds = [all - 1, 1, 5] };
            sales[1] = sales[1] with { Minor = 100, Refunds = [.. Enumerable.Repeat(1L, 100)] };
            TimelineCase run = new(rules, Touches(random), sales, [Table], rates: exchanges ? SomeRates(random) : null);
            foreach (Won won in sales)
            foreach (GroupCredit group in run.Groups(won.Id))
            {
                exchanged += group.Rate.IsNone ? 0 : 1;
                string where = $"case {round}, {won.Id}, {run.Rules.Groups[group.Group]}";
                CandidateCredit[] of =
                [
                    .. run.Candidates(won.Id)
                        .Where(x => x.Reason == TouchReason.Credited)
                        .Where(x => run.Rules.Rules[x.Rule].Rule.Group == run.Rules.Groups[group.Group]),
                ];
                Assert.True(of.Sum(x => x.Minor) + group.Unattributed == group.Value, where);
                Assert.True(of.Sum(x => x.Net) + group.NetUnattributed == group.NetValue, where);
                Assert.True(group.NetUnattributed >= 0 && of.All(x => x.Net >= 0 && x.Net <= x.Minor), where);
                if (won == sales[0] || won == sales[1])
                    Assert.True(group.NetValue == 0 && of.All(x => x.Net == 0), $"{where} after all refunds");
            }
        }
        Assert.Equal(exchanges, exchanged > Cases);
    }

    // Of every day of the sales, but that one of four is missing.
    private static RateBook SomeRates(Random random)
    {
        List<RateRow> rows = [];
        for (int day = 0; day < 7; day++)
            foreach (string from in new[] { "EUR", "USD" })
            foreach (string to in new[] { "JPY", "KWD" })
                if (
                    random.Next(4) > 0
                    && ExchangeRate.TryParse($"{random.Next(1, 400_000)}.{random.Next(1000)}", out ExchangeRate rate)
                )
                    rows.Add(new(day, Currency.Parse(from), Currency.Parse(to), rate));
        RateBook book = new();
        book.Add(new(rows, FallbackDays: 2), 0, default);
        return book;
    }

    private static string Text(TimelineCase run, GroupCredit group) =>
        $"{run.Rules.Groups[group.Group]}: {group.Value} less {group.Unattributed}, left {group.NetValue} less {group.NetUnattributed}";

    private static PublishedRule[] Rules(Random random)
    {
        List<PublishedRule> rules = [];
        foreach (string campaign in new[] { "a", "b", "c", "*" })
            for (int version = 1; version <= random.Next(3); version++)
                rules.Add(new(Rule(random, campaign, version), random.Next(100) * Hour));
        return [.. rules];
    }

    private static AttributionRule Rule(Random random, string campaign, int version)
    {
        bool coupled = random.Next(2) == 0;
        return new()
        {
            Campaign = campaign,
            Conversion = Pick(random, "*", "*", "purchase", "signup"),
            Version = version,
            Windows = Windows(random),
            CalendarOffsetMinutes = random.Next(5) == 0 ? 120 : null,
            Eligible = random.Next(4) == 0 ? NotDirect : null,
            Priorities =
                random.Next(2) == 0
                    ? new Dictionary<string, int> { ["view"] = random.Next(3), ["*"] = random.Next(3) }
                    : new Dictionary<string, int>(),
            ClickBeforeView = random.Next(2) == 0,
            DisplaceLower = random.Next(4) == 0,
            TouchesPerConversion = random.Next(3) == 0 ? random.Next(1, 4) : null,
            Keep = (CapKeep)random.Next(3),
            ConversionsPerTouch = coupled && random.Next(3) == 0 ? random.Next(1, 3) : null,
            Reuse = coupled ? (TouchReuse)random.Next(3) : TouchReuse.Every,
            Counting = coupled ? (Counting)random.Next(2) : Counting.Every,
            CooldownMs = coupled && random.Next(3) == 0 ? random.Next(1, 30) * Hour : 0,
            Dedup = coupled && random.Next(2) == 0 ? DedupKey.Order : DedupKey.Event,
            DedupWithinMs = random.Next(1, 60) * Hour,
            Group = Pick(random, "default", "default", "other"),
            Exclusivity = (Exclusivity)random.Next(2),
            ExcludeBots = random.Next(3) > 0,
            ExcludeMachineOpens = random.Next(3) > 0,
            Value = random.Next(5) == 0 ? Double : null,
            ViewShare = Pick(random, 10_000, 10_000, 3_333, 0),
            Model = Models[random.Next(Models.Length)],
            ValidFrom = random.Next(3) == 0 ? random.Next(60) * Hour : 0,
            ValidTo = random.Next(3) == 0 ? random.Next(61, 200) * Hour : long.MaxValue,
            Restate = random.Next(2) == 0,
        };
    }

    private static SortedDictionary<string, TouchWindow> Windows(Random random)
    {
        SortedDictionary<string, TouchWindow> windows = new(StringComparer.Ordinal);
        foreach (string kind in new[] { "click", "view", "*" })
            if (random.Next(4) > 0)
                windows[kind] =
                    random.Next(4) == 0
                        ? new(Length(random), [(1, Length(random)), (2, TouchWindow.None)])
                        : new(Length(random));
        return windows;
    }

    private static long Length(Random random) => random.Next(1, 5) * 24 * Hour;

    private static Met[] Touches(Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(12))
                .Select(i => new Met(
                    $"t{i:00}",
                    random.Next(130) * Hour,
                    Pick(random, "click", "click", "view", "email_open", "lead", "deal"),
                    Pick(random, "a", "b", "c", "d"),
                    Pick(random, "search", "email", "direct"),
                    random.Next(4) == 0 ? random.Next(3) : 0,
                    random.Next(8) == 0,
                    random.Next(8) == 0
                )),
        ];

    private static Won[] Sales(Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(2, 7))
                .Select(i => new Won(
                    $"s{i}",
                    random.Next(130) * Hour,
                    random.Next(5) == 0 ? 0 : random.Next(2_000),
                    Pick(random, "purchase", "purchase", "signup"),
                    Pick(random, "", "o", "p"),
                    Flags: random.Next(10) == 0 ? (ConversionFlags)(1 << random.Next(4)) : ConversionFlags.None
                )
                {
                    Refunds =
                    [
                        .. Enumerable
                            .Range(0, random.Next(4) == 0 ? random.Next(5) : 0)
                            .Select(_ => (long)random.Next(900)),
                    ],
                }),
        ];

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}
