using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Reports;

/// <summary>A row of an export: what became of one touch of one conversion, or of what nobody earned. Names of columns are those of files.</summary>
/// <param name="Position">Of the conversion in the log: rows ascend by it, and a later export goes on after it.</param>
/// <param name="Conversion">The conversion's own id.</param>
/// <param name="Time">Of the conversion, milliseconds since 1970.</param>
/// <param name="Customer">The conversion's customer; empty if it has none.</param>
/// <param name="Touch">The touch's own id; empty of what nobody earned, as are the four after it.</param>
/// <param name="Rank">1 for the greatest of its group, and so on; null of one that failed a test of its own.</param>
/// <param name="Minor">Credit in minor units, before refunds; of what nobody earned, that.</param>
/// <param name="Net">The same after refunds.</param>
/// <param name="Weight">Its share of the group's value by the model, to nine digits.</param>
/// <param name="Reason"><c>credited</c>, the first test that the touch failed, or what became of the conversion.</param>
/// <param name="Tier">Of the match; 0 unless a rule asks for it.</param>
/// <param name="Group">The exclusivity group; empty where no rule covers the touch.</param>
/// <param name="Rule">The rule that judged it, <c>CAMPAIGN/KIND</c>; empty if none covers it.</param>
/// <param name="Result">The stored result that says so.</param>
public readonly record struct CreditLine(
    long Position,
    string Conversion,
    long Time,
    string Kind,
    string Customer,
    string Status,
    string Touch,
    long? TouchTime,
    string TouchKind,
    string Campaign,
    string Channel,
    int? Rank,
    long Minor,
    long Net,
    string Currency,
    decimal Weight,
    string Reason,
    int Tier,
    string Group,
    string Rule,
    int? Version,
    string Result
)
{
    /// <summary>The columns of a file.</summary>
    public const string Header =
        "position,conversion,time,kind,customer,status,touch,touch_time,touch_kind,campaign,channel,rank,minor,net_minor,currency,weight,reason,tier,group,rule,version,result";

    private static readonly string[] Columns = Header.Split(',');

    /// <summary>A conversion's rows: its candidates oldest first, then what nobody earned, group by group.</summary>
    /// <param name="ids">Of events, by position.</param>
    /// <param name="all">Every candidate, else only those that were credited.</param>
    public static IEnumerable<CreditLine> Of(
        CreditView view,
        CreditRef found,
        ConversionCase conversion,
        IReadOnlyDictionary<long, string> ids,
        bool all
    )
    {
        CreditLine line = new()
        {
            Position = found.Position,
            Conversion = ids[found.Position],
            Time = conversion.Time,
            Kind = conversion.Kind,
            Customer = view.CustomerOf(found)?.ToString() ?? "",
            Status = Code(conversion.Status),
            Touch = "",
            TouchKind = "",
            Campaign = "",
            Channel = "",
            Currency = "",
            Reason = "",
            Group = "",
            Rule = "",
            Result = string.Create(CultureInfo.InvariantCulture, $"conversion-{conversion.Id}-{found.Revision}"),
        };
        HashSet<string> credited = new(StringComparer.Ordinal);
        foreach (Candidate candidate in conversion.Candidates)
        {
            bool isCredited = candidate.Reason == TouchReason.Credited;
            if (!isCredited && !all)
                continue;
            GroupShare share = view.ShareOf(candidate, conversion);
            AttributionRule? rule = candidate.Rule < 0 ? null : view.RuleOf(conversion.Rules[candidate.Rule]);
            if (isCredited)
                credited.Add(share.Group ?? "");
            yield return line with
            {
                Touch = ids[candidate.Position],
                TouchTime = candidate.Time,
                TouchKind = candidate.Kind,
                Campaign = candidate.Campaign,
                Channel = candidate.Channel ?? "",
                Rank = candidate.Rank > 0 ? candidate.Rank : null,
                Minor = candidate.Minor,
                Net = candidate.Net,
                Currency = CreditRows.CodeOf(share.Currency),
                Weight = WeightOf(candidate.Weight, share.Weights),
                Reason = Code(candidate.Reason),
                Tier = candidate.Tier,
                Group = rule?.Group ?? "",
                Rule = rule is null ? "" : $"{rule.Campaign}/{rule.Conversion}",
                Version = rule?.Version,
            };
        }
        foreach (GroupShare share in conversion.Shares)
            if (share.Unattributed > 0 || !credited.Contains(share.Group))
            {
                AttributionRule? rule = share.Rule < 0 ? null : view.RuleOf(conversion.Rules[share.Rule]);
                yield return line with
                {
                    Minor = share.Unattributed,
                    Net = share.NetUnattributed,
                    Currency = CreditRows.CodeOf(share.Currency),
                    Reason =
                        conversion.Status == ConversionStatus.Attributed
                            ? Code(ConversionStatus.Unattributed)
                            : line.Status,
                    Group = share.Group,
                    Rule = rule is null ? "" : $"{rule.Campaign}/{rule.Conversion}",
                    Version = rule?.Version,
                };
            }
        if (conversion.Shares.Count == 0) // a duplicate has no value of its own
            yield return line with
            {
                Reason = line.Status,
            };
    }

    /// <summary>Appends the row as comma-separated values.</summary>
    public void AppendCsv(StringBuilder target)
    {
        object?[] values = Values();
        for (int i = 0; i < values.Length; i++)
            target.Append(i == 0 ? "" : ",").Append(values[i] is string text ? CsvCells.Text(text) : Number(values[i]));
        target.Append(CsvCells.RowEnd);
    }

    /// <summary>Appends the row as one line of JSON, members named as columns are; what is empty is left out.</summary>
    public void AppendJson(StringBuilder target)
    {
        object?[] values = Values();
        target.Append('{');
        bool any = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is null or "")
                continue;
            target.Append(any ? "," : "").Append('"').Append(Columns[i]).Append("\":");
            target.Append(values[i] is string text ? JsonSerializer.Serialize(text) : Number(values[i]));
            any = true;
        }
        target.Append("}\n");
    }

    private object?[] Values() =>
        [
            Position,
            Conversion,
            EventTime.ToText(Time),
            Kind,
            Customer,
            Status,
            Touch,
            TouchTime is { } time ? EventTime.ToText(time) : "",
            TouchKind,
            Campaign,
            Channel,
            Rank,
            Minor,
            Net,
            Currency,
            Weight,
            Reason,
            Tier,
            Group,
            Rule,
            Version,
            Result,
        ];

    private static string Number(object? number) =>
        number is decimal share
            ? share.ToString("0.#########", CultureInfo.InvariantCulture)
            : Convert.ToString(number, CultureInfo.InvariantCulture) ?? "";

    private static decimal WeightOf(long weight, Int128 weights) =>
        weights == 0 ? 0 : (decimal)((weight * (Int128)CreditSum.Unit * 2 + weights) / (weights * 2)) / CreditSum.Unit;

    private static string Code<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
