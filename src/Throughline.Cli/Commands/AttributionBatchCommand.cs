using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Core.Attribution;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution batch</c>: files of touches and conversions and rules in, credit and explanations out.</summary>
internal sealed class AttributionBatchCommand : CliCommand
{
    private readonly BatchOptions options = new();

    private readonly Option<string> target = new("--out")
    {
        Description =
            "Write conversion,campaign,touch,rank,minor,weight,reason,rule,version to this file: a row for each touch in the longest window, and one for what nobody earned.",
        HelpName = "FILE",
        Required = true,
    };

    public AttributionBatchCommand()
        : base(
            "batch",
            "Attribute the conversions of a file to the touches of another, by a file of rules.",
            new Example(
                "./throughline attribution batch --touches touches.csv --conversions conversions.csv --rules rules.yaml --out credits.csv",
                "What each touch earned, and why the others did not."
            ),
            new Example(
                "./throughline attribution batch --touches touches.csv.gz --conversions conversions.csv --rules rules.yaml --out credits.csv --memory 2G --json",
                "The same with less memory; counts, sums and times as numbers."
            )
        )
    {
        options.AddTo(this);
        Add(target);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        BatchRules rules = options.Open(context);
        string path = context.Get(target)!;
        BatchInput input = options.Input(context, CreditFile.FolderOf(path), rules.ReadsColumn);
        IReadOnlyList<string> inputs = [.. input.Files, .. options.RuleFiles(context)];
        CreditFile file = new(path, inputs);
        using RejectionLog rejections = new(options.Rejections(context), [path, .. inputs]);
        using BatchData data = await input.ReadAsync(context.Output, rejections, cancellation);
        BatchReport report = await context.Output.ProgressAsync(
            "Attributing conversions",
            data.ConversionCounts.Read,
            progress => Task.Run(() => Run(data, rules, file, input, rejections, progress, cancellation), cancellation)
        );
        Print(context.Output, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static BatchReport Run(
        BatchData data,
        BatchRules rules,
        CreditFile file,
        BatchInput input,
        RejectionLog rejections,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        using CreditSegments segments = new(data.Budget, input.SpillFolder);
        BatchOutcome outcome = BatchRun.Evaluate(
            data,
            rules.Compile(data.Names),
            segments,
            input.Threads,
            keeps: false,
            progress,
            cancellation
        );
        long evaluated = Stopwatch.GetTimestamp();
        file.Write(CreditWriter.Header, segments, cancellation);
        double written = Stopwatch.GetElapsedTime(evaluated).TotalSeconds;
        return new(
            RowsReport.Of(data.TouchCounts),
            RowsReport.Of(data.ConversionCounts),
            RowsReport.OfAny(data.RefundCounts),
            data.Refunds?.Waiting ?? 0,
            RowsReport.OfAny(data.MatchCounts),
            rejections.First,
            data.RepeatedTouches.Repeated,
            outcome.Tally.Of(ConversionStatus.Attributed),
            outcome.Tally.Of(ConversionStatus.Unattributed),
            outcome.Tally.Of(ConversionStatus.DuplicateOrder),
            outcome.Tally.Credits,
            outcome.Tally.Unattributed,
            outcome.Tally.Reasons,
            outcome.Tally.Rows,
            Figures.Seconds(data.ReadSeconds),
            Figures.Seconds(data.EqualSeconds + outcome.ComputeSeconds),
            Figures.Seconds(outcome.WriteSeconds + written),
            data.SpilledPartitions,
            input.MemoryBytes,
            input.Threads
        );
    }

    private static void Print(ICommandOutput output, BatchReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"{report.Attributed:N0} conversions attributed, {report.Unattributed:N0} not, {report.DuplicateOrders:N0} told twice; {report.Rows:N0} rows."
        );
        foreach ((string currency, Int128 minor) in report.Credits)
            Line($"  {currency}: {minor:N0} minor units credited, {report.UnattributedValue[currency]:N0} not");
        foreach ((string reason, long count) in report.Reasons)
            Line($"  {reason}: {count:N0} touches");
        if (report.SpilledPartitions > 0)
            Line($"{report.SpilledPartitions} of 256 parts of the customers went through the disk.");
        RowsText.Print(
            output,
            $"{RowsText.Took("read", report.ReadSeconds)}, {RowsText.Took("computed", report.ComputeSeconds)}, {RowsText.Took("written", report.WriteSeconds)}",
            report.Rejections,
            report.RefundsWaiting,
            ("touches", report.Touches),
            ("conversions", report.Conversions),
            ("refunds", report.Refunds),
            ("matches", report.Matches)
        );
    }
}
