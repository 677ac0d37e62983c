using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Examples;

/// <summary>Makes a data card of examples, one after another in their order.</summary>
public sealed class DataCardTally
{
    private readonly CreditView view;
    private readonly ExampleOptions options;
    private readonly ExampleSet set;
    private readonly long split;
    private readonly Group total = new();
    private readonly long[] states = new long[Enum.GetValues<OutcomeState>().Length];
    private readonly SortedDictionary<string, Group> campaigns = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Group> kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Group> days = [];
    private readonly Group[] periods = [new(), new()];
    private readonly (ExampleColumn Column, StabilityIndex Index)[] features =
    [
        .. ExampleColumns.All.Where(column => column.Part == ColumnPart.Feature).Select(x => (x, new StabilityIndex())),
    ];

    /// <summary>For the examples of a set.</summary>
    /// <param name="set">Sealed.</param>
    public DataCardTally(CreditView view, ExampleOptions options, ExampleSet set)
    {
        (this.view, this.options, this.set) = (view, options, set);
        split = options.Split ?? (set.First + (set.Last - set.First) / 2 + 1) ?? 0;
    }

    /// <summary>Takes the next example in.</summary>
    /// <exception cref="ReportTooLargeException">There are too many campaigns.</exception>
    public void Add(Example example)
    {
        int period = example.Place.Time < split ? 0 : 1;
        total.Add(example);
        states[(int)example.State] += example.Weight;
        At(campaigns, example.Campaign).Add(example);
        At(kinds, example.Kind).Add(example);
        At(days, (int)(example.Place.Time / CreditReportOptions.DayMs)).Add(example);
        periods[period].Add(example);
        foreach ((ExampleColumn column, StabilityIndex index) in features)
            if (column.Text is { } text)
                index.Add(period, text(example), example.Weight);
            else if (column.IsCode)
                index.Add(period, column.Number!(example) is { } code ? column.Show(code) : "", example.Weight);
            else
                index.Add(period, column.Number!(example), example.Weight);
    }

    public DataCard Finish() =>
        new(
            DataCard.CurrentSchema,
            Text(options.From),
            Text(options.To),
            Text(set.First),
            Text(set.Last),
            Text(view.Watermark),
            view.Position,
            view.IsSettled,
            DurationText.Of(view.HorizonMs),
            [.. options.Kinds ?? []],
            options.Campaign,
            options.WithInvalid,
            options.OneIn,
            options.Seed,
            [
                .. view
                    .Rules.OrderBy(rule => rule.Campaign, StringComparer.Ordinal)
                    .ThenBy(rule => rule.Conversion, StringComparer.Ordinal)
                    .ThenBy(rule => rule.Version)
                    .Select(rule => string.Create(null, $"{rule.Campaign}/{rule.Conversion}@{rule.Version}"))
                    .Distinct(StringComparer.Ordinal),
            ],
            set.First is null ? null : Text(split),
            total.Counts,
            Enum.GetValues<OutcomeState>().ToDictionary(ExampleColumns.NameOf, state => states[(int)state]),
            total.Credit,
            [.. campaigns.Select(x => new CardGroup(x.Key, x.Value.Counts, x.Value.Credit))],
            [.. kinds.Select(x => new CardGroup(x.Key, x.Value.Counts, x.Value.Credit))],
            set.First is null
                ? []
                : [new(Text(set.First)!, periods[0].Counts), new(Text(split) ?? "", periods[1].Counts)],
            [
                .. days.Select(x => new CardPeriod(
                    EventTime.ToText(x.Key * CreditReportOptions.DayMs)[..10],
                    x.Value.Counts
                )),
            ],
            [
                .. features.Select(x => new CardFeature(
                    x.Column.Name,
                    Share(x.Index.MissingIn(0), periods[0].Weight),
                    Share(x.Index.MissingIn(1), periods[1].Weight),
                    Rounded(x.Index.Value),
                    Rounded(x.Index.Chance),
                    x.Index.Bins
                )),
            ]
        );

    private static Group At<TKey>(SortedDictionary<TKey, Group> groups, TKey key)
        where TKey : notnull
    {
        if (groups.TryGetValue(key, out Group? group))
            return group;
        if (groups.Count == CreditReportOptions.RowsMax)
            throw new ReportTooLargeException(
                $"A data card has at most {CreditReportOptions.RowsMax} campaigns: ask for fewer days, or one campaign."
            );
        return groups[key] = new();
    }

    private static decimal? Share(long part, long whole) =>
        whole == 0 ? null : Math.Round(part / (decimal)whole, 6, MidpointRounding.AwayFromZero);

    private static double? Rounded(double? number) =>
        number is { } value ? Math.Round(value, 6, MidpointRounding.AwayFromZero) : null;

    private static string? Text(long? time) => time is { } at && EventTime.IsInRange(at) ? EventTime.ToText(at) : null;

    private sealed class Group
    {
        private long positive;
        private long negative;
        private long unlabelled;
        private long weightedNegative;
        private long weightedUnlabelled;
        private readonly SortedDictionary<string, (long Credited, long Minor, long Net)> credit = new(
            StringComparer.Ordinal
        );

        public long Weight => positive + weightedNegative + weightedUnlabelled;

        public ExampleCounts Counts =>
            new(
                positive + negative + unlabelled,
                positive,
                negative,
                unlabelled,
                weightedNegative,
                weightedUnlabelled,
                Share(positive, positive + weightedNegative)
            );

        public IReadOnlyList<CardEarned> Credit =>
            [.. credit.Select(x => new CardEarned(x.Key, x.Value.Credited, x.Value.Minor, x.Value.Net))];

        public void Add(Example example)
        {
            if (example.Label == 1)
                positive++;
            else if (example.Label == 0)
                (negative, weightedNegative) = (negative + 1, weightedNegative + example.Weight);
            else
                (unlabelled, weightedUnlabelled) = (unlabelled + 1, weightedUnlabelled + example.Weight);
            foreach (Earned sum in example.Earned)
            {
                string code = CreditRows.CodeOf(sum.Currency);
                (long credited, long minor, long net) = credit.GetValueOrDefault(code);
                credit[code] = (credited + sum.Credited, checked(minor + sum.Minor), checked(net + sum.Net));
            }
        }
    }
}
