using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Examples;

/// <summary>What a column is for.</summary>
public enum ColumnPart : byte
{
    /// <summary>Names the example: not to learn from.</summary>
    Key = 0,

    /// <summary>Known when the touch happened.</summary>
    Feature = 1,

    /// <summary>Known afterwards: what is to be foretold.</summary>
    Outcome = 2,
}

/// <summary>A column of examples: a text, or a whole number.</summary>
/// <param name="Name">As files have it.</param>
/// <param name="Number">Null for texts; gives null where nothing is known.</param>
/// <param name="Text">Null for numbers; gives the empty text where nothing is known.</param>
/// <param name="IsMs">The number is of milliseconds, and shown in seconds.</param>
/// <param name="IsCode">The number is one of a few, none of which is more than another.</param>
public sealed record ExampleColumn(
    string Name,
    ColumnPart Part,
    Func<Example, long?>? Number,
    Func<Example, string>? Text = null,
    bool IsMs = false,
    bool IsCode = false
)
{
    /// <summary>A number as files have it: seconds with up to three digits after the point, else whole.</summary>
    public string Show(long number) =>
        IsMs
            ? (number / 1000m).ToString("0.###", CultureInfo.InvariantCulture)
            : number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>All columns of examples in their order, and rows of them. See docs/guide/machine-learning.md.</summary>
public static class ExampleColumns
{
    private static readonly string[] Windows = ["1h", "1d", "7d", "30d", "ever"];

    public static IReadOnlyList<ExampleColumn> All { get; } = [.. Keys(), .. Features(), .. Outcomes()];

    /// <summary>The header line of a file, without its end.</summary>
    public static string Header { get; } = string.Join(',', All.Select(column => column.Name));

    /// <summary>Appends an example as comma-separated values.</summary>
    public static void AppendCsv(Example example, StringBuilder target)
    {
        for (int i = 0; i < All.Count; i++)
        {
            ExampleColumn column = All[i];
            if (i > 0)
                target.Append(',');
            if (column.Text is { } text)
                target.Append(CsvCells.Text(text(example)));
            else if (column.Number!(example) is { } number)
                target.Append(column.Show(number));
        }
        target.Append(CsvCells.RowEnd);
    }

    /// <summary>Appends an example as one line of JSON; what is not known is left out.</summary>
    public static void AppendJson(Example example, StringBuilder target)
    {
        target.Append('{');
        bool any = false;
        foreach (ExampleColumn column in All)
        {
            string? value = column.Text is { } text
                ? text(example) is { Length: > 0 } word
                    ? JsonSerializer.Serialize(word)
                    : null
                : column.Number!(example) is { } number
                    ? column.Show(number)
                    : null;
            if (value is null)
                continue;
            target.Append(any ? ",\"" : "\"").Append(column.Name).Append("\":").Append(value);
            any = true;
        }
        target.Append("}\n");
    }

    private static IEnumerable<ExampleColumn> Keys() =>
        [
            Word("place", ColumnPart.Key, x => x.Place.ToString()),
            Word("id", ColumnPart.Key, x => x.Id),
            Word("time", ColumnPart.Key, x => EventTime.ToText(x.Place.Time)),
            Word("customer", ColumnPart.Key, x => x.Customer),
            Whole("weight", ColumnPart.Key, x => x.Weight),
        ];

    private static IEnumerable<ExampleColumn> Features()
    {
        const ColumnPart Part = ColumnPart.Feature;
        yield return Word("kind", Part, x => x.Kind);
        yield return Word("campaign", Part, x => x.Campaign);
        yield return Word("channel", Part, x => x.Channel);
        yield return Word("creative", Part, x => x.Creative);
        yield return Word("placement", Part, x => x.Placement);
        yield return Code("hour", x => DateTime.UnixEpoch.AddMilliseconds(x.Place.Time).Hour);
        yield return Code("weekday", x => WeekdayOf(x.Place.Time));
        yield return Whole("identifiers", Part, x => x.Identifiers);
        yield return Word("identifier_types", Part, x => x.IdentifierTypes);
        yield return Whole("machine_open", Part, x => x.IsMachineOpen ? 1 : 0);
        yield return Word("agent_class", Part, x => x.Agent is { } agent ? NameOf(agent.Class) : "");
        yield return Word("agent_name", Part, x => x.Agent?.Name ?? "");
        yield return Word("agent_system", Part, x => x.Agent?.System ?? "");
        yield return Whole("agent_mobile", Part, x => x.Agent is { } agent ? (agent.IsMobile ? 1 : 0) : null);
        foreach (HistoryCount what in Enum.GetValues<HistoryCount>())
        foreach (HistoryWindow window in Enum.GetValues<HistoryWindow>())
            yield return Whole($"{NameOf(what)}_{Windows[(int)window]}", Part, x => x.Features[what, window]);
        yield return Time("seconds_since_touch", x => x.Features.SinceTouchMs);
        yield return Time("seconds_since_campaign_touch", x => x.Features.SinceCampaignMs);
        yield return Time("seconds_since_click", x => x.Features.SinceClickMs);
        yield return Time("seconds_since_conversion", x => x.Features.SinceConversionMs);
        yield return Time("seconds_since_first", x => x.Features.SinceFirstMs);
        yield return Whole(
            "earlier_value_minor",
            Part,
            x => x.Features.EarlierCurrency == 0 ? null : x.Features.EarlierMinor
        );
        yield return Word("earlier_value_currency", Part, x => CreditRows.CodeOf(x.Features.EarlierCurrency));
    }

    private static IEnumerable<ExampleColumn> Outcomes()
    {
        const ColumnPart Part = ColumnPart.Outcome;
        yield return Whole("label", Part, x => x.Label);
        yield return Word("state", Part, x => NameOf(x.State));
        yield return Whole("valid", Part, x => x.IsValid ? 1 : 0);
        yield return Whole("conversions_after", Part, x => x.Followed);
        yield return Whole("credited", Part, x => x.Credited);
        yield return Whole("credit_minor", Part, x => x.Earned.Count == 0 ? null : x.Earned[0].Minor);
        yield return Whole("net_credit_minor", Part, x => x.Earned.Count == 0 ? null : x.Earned[0].Net);
        yield return Whole("value_minor", Part, x => x.Earned.Count == 0 ? null : x.Earned[0].Value);
        yield return Word("currency", Part, x => x.Earned.Count == 0 ? "" : CreditRows.CodeOf(x.Earned[0].Currency));
        yield return Word(
            "other_credit",
            Part,
            x =>
                x.Earned.Count < 2
                    ? ""
                    : string.Join(
                        ' ',
                        x.Earned.Skip(1)
                            .Select(sum =>
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{CreditRows.CodeOf(sum.Currency)}:{sum.Minor}:{sum.Net}:{sum.Value}"
                                )
                            )
                    )
        );
    }

    /// <summary>ISO 8601: 1 is Monday, 7 Sunday; UTC.</summary>
    private static long WeekdayOf(long time) => ((int)DateTime.UnixEpoch.AddMilliseconds(time).DayOfWeek + 6) % 7 + 1;

    internal static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static ExampleColumn Word(string name, ColumnPart part, Func<Example, string> text) =>
        new(name, part, null, text);

    private static ExampleColumn Whole(string name, ColumnPart part, Func<Example, long?> number) =>
        new(name, part, number);

    private static ExampleColumn Code(string name, Func<Example, long?> number) =>
        new(name, ColumnPart.Feature, number, null, IsCode: true);

    private static ExampleColumn Time(string name, Func<Example, long?> number) =>
        new(name, ColumnPart.Feature, number, null, IsMs: true);
}
