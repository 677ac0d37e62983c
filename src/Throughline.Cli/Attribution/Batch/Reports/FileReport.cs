using System.Diagnostics;
using System.Text;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Output;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch.Reports;

/// <summary>Reports what touches of files earned and cost.</summary>
internal static class FileReport
{
    /// <param name="target">The file of the report.</param>
    /// <param name="costs">The file of costs; null: nothing is known of them.</param>
    /// <exception cref="CommandException">A file cannot be used.</exception>
    public static async Task<ReportReport> RunAsync(
        CommandContext context,
        BatchOptions batch,
        CreditReportOptions options,
        string target,
        string? costs,
        CancellationToken cancellation
    )
    {
        BatchRules rules = batch.Open(context);
        BatchInput input = batch.Input(
            context,
            CreditFile.FolderOf(target),
            column => rules.ReadsColumn(column) || IsAsked(options, column)
        );
        IReadOnlyList<string> inputs = [.. input.Files, .. batch.RuleFiles(context), costs ?? "-"];
        CreditFile file = new(target, inputs);
        using RejectionLog rejections = new(batch.Rejections(context), [target, .. inputs]);
        ReportPart[] named = [.. options.By.Where(SpendBook.Parts.Contains)];
        (SpendFile Spend, RowCounts Counts)? cost = costs is null
            ? null
            : SpendFile.Read(costs, named.Length == 0 ? null : named[0], rejections, cancellation);
        using BatchData data = await input.ReadAsync(context.Output, rejections, cancellation);
        foreach (string column in (string[])[BatchFacts.Creative, BatchFacts.Placement])
            if (IsAsked(options, column) && !data.TouchExtras.Names.Contains(column))
                throw CommandException.BadInput(
                    "column_missing",
                    $"{input.Touches}:1: the header has no column '{column}', by which the report is to be split."
                );
        return await context.Output.ProgressAsync(
            "Adding up",
            data.ConversionCounts.Read,
            progress =>
                Task.Run(
                    () => Run(data, rules, options, input.Threads, cost, file, rejections, progress, cancellation),
                    cancellation
                )
        );
    }

    private static bool IsAsked(CreditReportOptions options, string column) =>
        column == BatchFacts.Creative && options.By.Contains(ReportPart.Creative)
        || column == BatchFacts.Placement && options.By.Contains(ReportPart.Placement);

    private static ReportReport Run(
        BatchData data,
        BatchRules rules,
        CreditReportOptions options,
        int threads,
        (SpendFile Spend, RowCounts Counts)? cost,
        CreditFile file,
        RejectionLog rejections,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        long started = Stopwatch.GetTimestamp();
        CompiledRules compiled = rules.Compile(data.Names);
        CreditCube cube = new(options);
        PartitionRun.All(
            threads,
            () => new ReportWorker(data, compiled, options),
            worker => cube.Add(worker.Cube),
            progress,
            cancellation
        );
        // A file is all that there is: nothing comes late.
        CreditRows rows = new(
            cube,
            cost?.Spend.ToBook(),
            new(cube.LastConversion == long.MinValue ? null : cube.LastConversion, Position: null, HorizonMs: 0)
        );
        StringBuilder text = new();
        text.Append(CreditRowsCsv.Header(options.By, options.ByDay, isService: false)).Append('\n');
        foreach (CreditRow row in rows.Rows)
            text.Append(CreditRowsCsv.Row(row, options.By, options.ByDay, isService: false, CsvCells.Text))
                .Append('\n');
        file.Write(Encoding.UTF8.GetBytes(text.ToString()), null, cancellation);
        return new(
            RowsReport.Of(data.TouchCounts),
            RowsReport.Of(data.ConversionCounts),
            RowsReport.OfAny(data.RefundCounts),
            data.Refunds?.Waiting ?? 0,
            RowsReport.OfAny(data.MatchCounts),
            cost is { } spent ? RowsReport.Of(spent.Counts) : null,
            rejections.First,
            rows.Rows.Count,
            ReportTotals.Of(rows.Rows, options.By),
            Figures.Seconds(data.ReadSeconds),
            Figures.Seconds(data.EqualSeconds + Stopwatch.GetElapsedTime(started).TotalSeconds)
        );
    }
}
