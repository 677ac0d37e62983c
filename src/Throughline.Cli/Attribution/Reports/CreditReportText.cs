using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Batch.Reports;
using Throughline.Cli.Output;
using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Attribution.Reports;

/// <summary>A report for people: what each earned over all days, and the whole; rows without money are left to files.</summary>
internal static class CreditReportText
{
    private const int LinesMax = 40;

    public static void Print(ICommandOutput output, CreditReport report, IReadOnlyList<ReportPart> by)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"By {report.Date} date, {report.From} to {report.To}, as of {report.AsOf ?? "no event"} (position {report.AsOfPosition}{(report.Settled ? "" : "; some conversions wait to be evaluated again")})."
        );
        PrintTotals(output, ReportTotals.Of(report.Rows, by), report.Rows.Count);
        foreach (CreditTotal total in report.Totals.Where(total => total.Currency.Length > 0))
            Line(
                $"In all {total.Currency}: credited {total.CreditedMinor:N0}, of which refunded {total.RefundedMinor:N0}, unattributed {total.UnattributedMinor:N0}{(total.ValueMinor is { } value ? $", value {value.ToString("N0", CultureInfo.InvariantCulture)}" : "")}."
            );
        Line(
            $"Conversions: {(report.Statuses.Count == 0 ? "none" : string.Join(", ", report.Statuses.Select(x => $"{x.Value} {x.Key}")))}."
        );
    }

    /// <summary>The same of files.</summary>
    public static void Print(ICommandOutput output, ReportReport report)
    {
        PrintTotals(output, report.Totals, report.Rows);
        RowsText.Print(
            output,
            $"{RowsText.Took("read", report.ReadSeconds)}, {RowsText.Took("added up", report.ReportSeconds)}",
            report.Rejections,
            report.RefundsWaiting,
            ("touches", report.Touches),
            ("conversions", report.Conversions),
            ("refunds", report.Refunds),
            ("matches", report.Matches),
            ("spend", report.Spend)
        );
    }

    private static void PrintTotals(ICommandOutput output, IEnumerable<ReportTotal> all, int rows)
    {
        ReportTotal[] totals = [.. all.Where(total => total.Currency.Length > 0)];
        foreach (ReportTotal total in totals.Take(LinesMax))
            output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{total.Name ?? "(nobody)", -32} {total.AttributedConversions, 12:N2} conversions {total.AssistedConversions, 8:N0} assisted {total.Minor, 16:N0} {total.Currency, -3}{(total.CpaMinor is { } cpa ? $", CPA {cpa.ToString("N2", CultureInfo.InvariantCulture)}" : "")}{(total.Roas is { } roas ? $", ROAS {roas.ToString("N4", CultureInfo.InvariantCulture)}" : "")}"
                )
            );
        if (totals.Length > LinesMax)
            output.Line($"and {totals.Length - LinesMax} more; --json and --out have all {rows} rows.");
    }
}
