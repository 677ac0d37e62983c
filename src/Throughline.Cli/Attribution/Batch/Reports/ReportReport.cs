using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch.Reports;

/// <summary>What <c>attribution report</c> found, as <c>--json</c> prints it.</summary>
/// <param name="RefundsWaiting">Refunds of conversions that the files do not have.</param>
/// <param name="Spend">What was read of the file of costs; null without one.</param>
/// <param name="Rows">Of the report.</param>
/// <param name="Totals">All days together.</param>
internal sealed record ReportReport(
    RowsReport Touches,
    RowsReport Conversions,
    RowsReport? Refunds,
    long RefundsWaiting,
    RowsReport? Matches,
    RowsReport? Spend,
    IReadOnlyList<InputRejection> Rejections,
    int Rows,
    IReadOnlyList<ReportTotal> Totals,
    double ReadSeconds,
    double ReportSeconds
);
