using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What the figures of a report are of.</summary>
/// <param name="Time">The greatest event time, milliseconds since 1970; null before the first event.</param>
/// <param name="Position">Of the log; null of files.</param>
/// <param name="HorizonMs">How much later than that an event may still be told of.</param>
public readonly record struct ReportInstant(long? Time, long? Position, long HorizonMs);

/// <summary>Makes a report's rows: credit and what it cost, with the rules that gave it, by day, names and currency.</summary>
public sealed class CreditRows
{
    private readonly CreditReportOptions options;
    private readonly ReportInstant asOf;
    private readonly string? asOfText;
    private readonly List<CreditRow> rows = [];

    /// <summary>Makes all rows at once.</summary>
    /// <param name="spend">What advertising cost; null: nothing is known.</param>
    public CreditRows(CreditCube cube, SpendBook? spend, ReportInstant asOf)
    {
        options = cube.Options;
        this.asOf = asOf;
        asOfText = asOf.Time is { } time ? EventTime.ToText(time) : null;
        Dictionary<(int Day, PartNames Names, int Currency), long> spent = spend?.By(options) ?? [];
        Dictionary<(int Day, PartNames Names), DeliverySum> told = cube.Deliveries.ToDictionary(
            x => (x.Key.Day, cube.NamesOf(x.Key.Names)),
            x => x.Value
        );
        ILookup<CreditKey, AttributionRule> rulesOf = cube.Rules;
        List<(int Day, PartNames Names, int Currency, bool IsNobody, CreditSum Sum, AttributionRule[] Rules)> all =
        [
            .. cube.Sums.Select(x =>
                (
                    x.Key.Day,
                    cube.NamesOf(x.Key.Names),
                    x.Key.Currency,
                    x.Key.Names == CreditKey.Nobody,
                    x.Value,
                    InOrder(rulesOf[x.Key])
                )
            ),
        ];
        HashSet<(int, PartNames, int)> earned =
        [
            .. all.Where(x => !x.IsNobody).Select(x => (x.Day, x.Names, x.Currency)),
        ];
        foreach ((int Day, PartNames Names, int Currency) key in spent.Keys)
            if (earned.Add(key))
                all.Add((key.Day, key.Names, key.Currency, false, default, []));
        HashSet<(int, PartNames)> named = [.. earned.Select(x => (x.Item1, x.Item2))];
        foreach ((int Day, PartNames Names) key in told.Keys)
            if (named.Add(key))
                all.Add((key.Day, key.Names, 0, false, default, []));
        all.Sort(
            (x, y) =>
                x.Day != y.Day ? x.Day.CompareTo(y.Day)
                : x.Names.CompareTo(y.Names) is not 0 and int order ? order
                : x.Currency != y.Currency ? string.CompareOrdinal(CodeOf(x.Currency), CodeOf(y.Currency))
                : x.IsNobody.CompareTo(y.IsNobody)
        );
        foreach (var (day, names, currency, isNobody, sum, by) in all)
        {
            long? cost = !isNobody && spent.TryGetValue((day, names, currency), out long minor) ? minor : null;
            DeliverySum? delivery = !isNobody && told.Remove((day, names), out DeliverySum counts) ? counts : null;
            rows.Add(RowOf(day, names, currency, isNobody, sum, cost, by, delivery));
        }
        Totals = [.. TotalsOf(cube, all.Select(x => (x.Currency, x.IsNobody, x.Sum)), spent)];
    }

    /// <summary>By date, names and currency, ordinal.</summary>
    public IReadOnlyList<CreditRow> Rows => rows;

    /// <summary>By currency.</summary>
    public IReadOnlyList<CreditTotal> Totals { get; }

    /// <summary>Minor units that an attributed conversion cost, to a hundredth; null without either.</summary>
    /// <param name="attributed">Shares of conversions.</param>
    public static decimal? Cpa(decimal attributed, long? spend) =>
        spend is { } minor && attributed > 0 ? Math.Round(minor / attributed, 2, MidpointRounding.AwayFromZero) : null;

    /// <summary>Money earned for money spent, to a ten-thousandth; null if nothing was spent.</summary>
    public static decimal? Roas(long net, long? spend) =>
        spend is > 0 and { } minor ? Math.Round(net / (decimal)minor, 4, MidpointRounding.AwayFromZero) : null;

    /// <summary>Three letters, the first in the lowest byte; empty for none.</summary>
    public static string CodeOf(int currency) =>
        currency == 0
            ? ""
            : new([(char)(currency & 0xff), (char)(currency >> 8 & 0xff), (char)(currency >> 16 & 0xff)]);

    /// <summary>A rule as rows name it: <c>CAMPAIGN/KIND@VERSION</c>, <c>*</c> for all.</summary>
    public static string NameOf(AttributionRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule.Campaign}/{rule.Conversion}@{rule.Version}");

    /// <summary>A model as rows name it: its name, or its members.</summary>
    public static string ModelOf(AttributionRule rule) =>
        AttributionRuleText.Write(rule)["model"] switch
        {
            JsonValue name => name.GetValue<string>(),
            { } parts => string.Join(' ', parts.AsObject().Select(part => $"{part.Key}:{part.Value}")),
            null => "",
        };

    private CreditRow RowOf(
        int day,
        PartNames names,
        int currency,
        bool isNobody,
        in CreditSum sum,
        long? cost,
        AttributionRule[] by,
        DeliverySum? delivery
    )
    {
        decimal attributed = (decimal)sum.Share / CreditSum.Unit;
        return new(
            options.ByDay ? DateOf(day) : null,
            names.Campaign,
            names.Channel,
            names.Creative,
            names.Placement,
            names.Kind,
            names.Conversion,
            CodeOf(currency),
            sum.Touches,
            sum.Conversions,
            attributed,
            sum.Net,
            cost,
            Cpa(attributed, cost),
            Roas(sum.Net, cost),
            [.. by.Select(NameOf).Distinct(StringComparer.Ordinal)],
            [.. by.Select(ModelOf).Distinct(StringComparer.Ordinal)],
            by.Length == 0 ? "" : DurationText.Of(by.Max(rule => rule.LongestWindowMs)),
            asOfText,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(
                $"{(isNobody ? RowStatus.Unattributed : IsFinal(day, by) ? RowStatus.Final : RowStatus.Open)}"
            ),
            sum.Last,
            sum.Assisted,
            sum.AssistedMinor,
            sum.Minor,
            sum.Minor - sum.Net,
            delivery is { } told
                ? new(told.Touches, told.Impressions, told.Views, told.Clicks, told.Others, told.Invalid)
                : null,
            asOf.Position
        );
    }

    // Of touches: until no conversion can come any more that still reaches the time. Of conversions: until the time is over. Either way
    // until events of that time are too late.
    private bool IsFinal(int day, AttributionRule[] by)
    {
        if (asOf.Time is not { } now)
            return false;
        long end = options.ByDay ? (day + 1) * CreditReportOptions.DayMs : options.To;
        long wait = asOf.HorizonMs;
        if (options.Date == ReportDate.Touch && by.Length > 0)
            wait += by.Max(rule => rule.LongestWindowMs);
        return end <= now - wait;
    }

    private IEnumerable<CreditTotal> TotalsOf(
        CreditCube cube,
        IEnumerable<(int Currency, bool IsNobody, CreditSum Sum)> all,
        Dictionary<(int Day, PartNames Names, int Currency), long> spent
    )
    {
        SortedDictionary<string, (CreditSum Credit, CreditSum Nobodys, long? Spend)> totals = new(
            StringComparer.Ordinal
        );
        foreach ((int currency, bool isNobody, CreditSum sum) in all)
        {
            string code = CodeOf(currency);
            (CreditSum credit, CreditSum rest, long? spend) = totals.GetValueOrDefault(code);
            if (isNobody)
                rest.Add(sum);
            else
                credit.Add(sum);
            totals[code] = (credit, rest, spend);
        }
        foreach (((_, _, int currency), long minor) in spent)
        {
            string code = CodeOf(currency);
            (CreditSum credit, CreditSum rest, long? spend) = totals.GetValueOrDefault(code);
            totals[code] = (credit, rest, checked((spend ?? 0) + minor));
        }
        foreach ((string code, (CreditSum credit, CreditSum rest, long? spend)) in totals)
        {
            decimal attributed = (decimal)credit.Share / CreditSum.Unit;
            yield return new(
                code,
                cube.Options.Date == ReportDate.Conversion ? checked(credit.Minor + rest.Minor) : null,
                credit.Minor,
                credit.Minor - credit.Net,
                credit.Net,
                rest.Minor,
                rest.Net,
                attributed,
                spend,
                Cpa(attributed, spend),
                Roas(credit.Net, spend)
            );
        }
    }

    private static AttributionRule[] InOrder(IEnumerable<AttributionRule> rules) =>
        [
            .. rules
                .OrderBy(rule => rule.Campaign, StringComparer.Ordinal)
                .ThenBy(rule => rule.Conversion, StringComparer.Ordinal)
                .ThenBy(rule => rule.Version),
        ];

    private static string DateOf(int day) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day)).ToString("O", CultureInfo.InvariantCulture);
}
