using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Backtest;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate backtest</c>: a draft of rules on logs of the past, against the rules of today.</summary>
internal sealed class GateBacktestCommand : CliCommand
{
    private readonly Option<string> rules = new("--rules")
    {
        Description = "The draft: a rule file, or default.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> against = new("--against")
    {
        Description = "The rules to hold it against: a rule file, default, or the number of a published version.",
        HelpName = "VERSION|FILE",
    };

    private readonly Option<string[]> logs = new("--log")
    {
        Description = "Logs in any order and of any known form, gzip or plain.",
        HelpName = "LOG",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    public GateBacktestCommand()
        : base(
            "backtest",
            "Try a draft of rules on logs of the past, and show what would come out differently.",
            new Example(
                "./throughline gate backtest --rules draft.yaml --against 3 --log access.log --json",
                "Against version 3 of the tenant's rules."
            ),
            new Example(
                "./throughline gate backtest --rules draft.yaml --against default --log access.log.1.gz access.log",
                "Against the pack of the product."
            )
        )
    {
        Add(rules);
        Add(against);
        Add(logs);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        GateModel draft = RuleFiles.Open(context.Get(rules)!);
        string[] files = context.Get(logs)!;
        foreach (string file in files.Where(file => file != "-"))
            InputFile.Open(file).Dispose(); // a missing file is told before long work
        GateModel? today = await TodayAsync(context, cancellation);
        BacktestReport report = await context.Output.ProgressAsync(
            "Judging",
            null,
            progress =>
                Task.Run(
                    () => new GateBacktest(draft, today, files, LineForm.Auto).Run(progress, cancellation),
                    cancellation
                )
        );
        Print(context, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private async Task<GateModel?> TodayAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(against) is not { } named)
            return null;
        if (!long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
            return RuleFiles.Open(named);
        await using ServiceConnection service = await ServiceConnection.OpenExistingAsync(context, cancellation);
        await service.RequireTenantAsync(context.Tenant, cancellation);
        using JsonDocument? answer = await service
            .For(context.Tenant)
            .GetAsync(string.Create(CultureInfo.InvariantCulture, $"v1/gate/rules?version={version}"), cancellation);
        if (answer is null)
            throw CommandException.BadInput("not_found", $"Tenant {context.Tenant} has no version {version} of rules.");
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(answer.RootElement.GetProperty("rules"));
        return GateModel.Create(GateJson.Read(json, out _)!, version, out IReadOnlyList<GateIssue> issues)
            ?? throw CommandException.BadInput(
                "rules_invalid",
                $"Version {version} is not valid in this build: {issues[0].Path}: {issues[0].Message}"
            );
    }

    private static void Print(CommandContext context, BacktestReport report)
    {
        Line(
            $"{report.Requests:N0} requests of {report.Addresses:N0} addresses; the draft flags {report.FlaggedRequests:N0}, today's rules {report.FlaggedToday:N0}."
        );
        foreach ((string rule, BacktestRule found) in report.ByRule.Where(x => x.Value.Hits > 0))
            Line(
                $"  {rule, -40} {found.Hits, 9:N0} requests {found.Addresses, 7:N0} addresses; declared bots: precision {found.Precision:P1}, recall {found.Recall:P1}"
            );
        foreach ((string rule, BacktestRule found) in report.ByRule.Where(x => x.Value.Lacked.Count > 0))
            Line($"  {rule} needs what these logs do not know: {string.Join(", ", found.Lacked.Keys)}");
        if (report.Differences is { } differences)
            Line($"{differences:N0} requests come out differently.");
        foreach (BacktestSample sample in report.Samples)
            Line($"  {sample.Today} -> {sample.Draft}: {sample.Line}");

        void Line(FormattableString text) => context.Output.Line(text.ToString(CultureInfo.InvariantCulture));
    }
}
