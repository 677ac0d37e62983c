using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Attribution.Batch.Reports;

/// <summary>All days of a report together.</summary>
internal static class ReportTotals
{
    /// <summary>By names, then currency.</summary>
    public static IReadOnlyList<ReportTotal> Of(IReadOnlyList<CreditRow> rows, IReadOnlyList<ReportPart> by) =>
        [
            .. rows.GroupBy(row => (Name: NameOf(row, by), row.Currency))
                .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Currency, StringComparer.Ordinal)
                .Select(group => Of(group.Key.Name, group.Key.Currency, [.. group])),
        ];

    private static ReportTotal Of(string? name, string currency, CreditRow[] rows)
    {
        decimal attributed = rows.Sum(row => row.AttributedConversions);
        long minor = rows.Sum(row => row.Minor);
        long? spend = rows.Any(row => row.SpendMinor is not null) ? rows.Sum(row => row.SpendMinor ?? 0) : null;
        return new(
            name,
            currency,
            rows.Sum(row => row.Touches),
            rows.Sum(row => row.Conversions),
            (double)attributed,
            minor,
            spend,
            (double?)CreditRows.Cpa(attributed, spend),
            (double?)CreditRows.Roas(minor, spend),
            rows.Sum(row => row.AssistedConversions)
        );
    }

    private static string? NameOf(CreditRow row, IReadOnlyList<ReportPart> by) =>
        row.Status == "unattributed" ? null : string.Join(" / ", by.Select(part => row[part] ?? ""));
}

/// <summary>A campaign, channel or whatever a report is split by, over all days.</summary>
/// <param name="Name">Of several parts, with <c> / </c> between them; null for what nobody earned.</param>
/// <param name="AttributedConversions">Shares of conversions added up.</param>
/// <param name="CpaMinor">Spend by attributed conversion; null without either.</param>
/// <param name="Roas">Credit by spend.</param>
/// <param name="AssistedConversions">Conversions on whose path it stands before the last touch.</param>
internal sealed record ReportTotal(
    string? Name,
    string Currency,
    long Touches,
    long Conversions,
    double AttributedConversions,
    long Minor,
    long? SpendMinor,
    double? CpaMinor,
    double? Roas,
    long AssistedConversions
);
