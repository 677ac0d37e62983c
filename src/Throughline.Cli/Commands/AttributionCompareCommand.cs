using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Output;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution compare</c>: what a draft of rules would change, over files of touches and conversions.</summary>
internal sealed class AttributionCompareCommand : CliCommand
{
    private const int MostSamples = 10_000;
    private const int MostShown = 20;

    private readonly BatchOptions options = new();

    private readonly Option<string> draft = new("--draft")
    {
        Description = "The rules as they would be, YAML or JSON.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int> samples = new("--samples")
    {
        Description = "Changed conversions to show with both explanations side by side.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    public AttributionCompareCommand()
        : base(
            "compare",
            "Say what a draft of rules would change: conversions gained, lost and moved, and the money of each campaign. Writes nothing.",
            new Example(
                "./throughline attribution compare --touches touches.csv --conversions conversions.csv --rules rules.yaml --draft draft.yaml",
                "The draft against the rules in force."
            ),
            new Example(
                "./throughline attribution compare --touches touches.csv --conversions conversions.csv --rules rules.yaml --draft draft.yaml --samples 10 --json",
                "All of it as numbers, with ten explanations side by side."
            )
        )
    {
        options.AddTo(this);
        Add(draft);
        Add(samples);
        samples.Validators.Add(result =>
        {
            if (result.Number<int>() is < 0 or > MostSamples)
                result.AddError($"--samples is 0 to {MostSamples}.");
        });
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        BatchRules rules = options.Open(context);
        BatchRules other = options.Open(context, context.Get(draft)!);
        BatchInput input = options.Input(
            context,
            Path.GetTempPath(),
            column => rules.ReadsColumn(column) || other.ReadsColumn(column)
        );
        using RejectionLog rejections = new(
            options.Rejections(context),
            [context.Get(draft), .. input.Files, .. options.RuleFiles(context)]
        );
        using BatchData data = await input.ReadAsync(context.Output, rejections, cancellation);
        CompareReport report = await context.Output.ProgressAsync(
            "Comparing",
            data.ConversionCounts.Read,
            progress =>
                Task.Run(
                    () =>
                        CompareReport.Of(
                            data,
                            rules,
                            other,
                            input.Threads,
                            context.Get(samples),
                            rejections.First,
                            progress,
                            cancellation
                        ),
                    cancellation
                )
        );
        Print(context.Output, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static void Print(ICommandOutput output, CompareReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line(
            $"{report.Gained:N0} conversions gained, {report.Lost:N0} lost, {report.Moved:N0} moved, {report.Same:N0} as before."
        );
        foreach (CampaignMoney money in report.Campaigns.Where(money => money.Difference != 0).Take(MostShown))
            Line(
                $"  {money.Campaign, -24} {money.Difference, 16:+#,0;-#,0} {money.Currency} ({money.Before:N0} to {money.After:N0} minor units)"
            );
        foreach (CompareSample sample in report.Samples.Take(3))
        {
            Line($"{sample.Conversion} ({Codes.Of(sample.Change)}), {sample.Minor:N0} {sample.Currency}:");
            foreach (CompareTouch touch in sample.Touches)
                Line(
                    $"  {touch.Time} {touch.Campaign} {touch.Kind} {touch.Touch}: {Of(touch.Before)} -> {Of(touch.After)}"
                );
        }
        RowsText.Print(
            output,
            $"{RowsText.Took("read", report.ReadSeconds)}, {RowsText.Took("compared", report.CompareSeconds)}",
            report.Rejections,
            report.RefundsWaiting,
            ("touches", report.Touches),
            ("conversions", report.Conversions),
            ("refunds", report.Refunds),
            ("matches", report.Matches)
        );
    }

    private static string Of(CompareSide? side) =>
        side is null ? "not looked at"
        : side.Minor > 0 ? string.Create(CultureInfo.InvariantCulture, $"{side.Reason} {side.Minor:N0}")
        : side.Reason;
}
