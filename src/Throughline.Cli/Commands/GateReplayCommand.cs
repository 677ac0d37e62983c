using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate replay LOG...</c>: what rules would have done to the requests of logs.</summary>
internal sealed class GateReplayCommand : CliCommand
{
    private static readonly Dictionary<string, LineForm> Forms = new(StringComparer.Ordinal)
    {
        ["auto"] = LineForm.Auto,
        ["combined"] = LineForm.Combined,
        ["ndjson"] = LineForm.Ndjson,
        ["nginx-error"] = LineForm.NginxError,
    };

    private readonly Argument<string[]> logs = new("LOG")
    {
        Description =
            "Logs in any order, gzip or plain; - is standard input. Lines of all are judged in the order of time.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> rules = new("--rules")
    {
        Description = "A file of rules (YAML), or default: the pack that comes with the product.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<string> format = new("--format")
    {
        Description =
            "auto (each line says what it is), combined (common too), ndjson (request events, Envoy) or nginx-error.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> flagged = new("--flagged")
    {
        Description = "Write the lines of flagged requests to this file, as they are, in the order of time.",
        HelpName = "OUT",
    };

    private readonly Option<string?> truthFile = new("--truth")
    {
        Description =
            "truth-actors.csv of a simulated world: measures recall by family of bots and people wrongly accused.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> bots = new("--bots")
    {
        Description = "Addresses that a bot's operator publishes (JSON or one a line): tells real ones from impostors.",
        HelpName = "BOT=FILE",
    };

    public GateReplayCommand()
        : base(
            "replay",
            "Judge the requests of logs by a set of rules, each as known at its moment, without hindsight.",
            new Example("./throughline gate replay access.log", "By the default rules."),
            new Example(
                "./throughline gate replay access.log.1.gz access.log --rules rules.yaml --flagged bots.log --json",
                "By your own, and which requests they flag."
            ),
            new Example(
                "./throughline gate replay access.log --bots googlebot=googlebot.json",
                "Who calls itself Googlebot from elsewhere is an impostor."
            )
        )
    {
        format.AcceptOnlyFromAmong([.. Forms.Keys]);
        Add(logs);
        Add(rules);
        Add(format);
        Add(flagged);
        Add(truthFile);
        Add(bots);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        GateModel model = RuleFiles.Open(context.Get(rules)!);
        string[] files = context.Get(logs)!;
        foreach (string file in files.Where(file => file != "-"))
            InputFile.Open(file).Dispose(); // a missing file is told before long work
        TruthMeasure? measure = context.Get(truthFile) is { } path ? TruthMeasure.Open(path, model) : null;
        using FlaggedLines? target = context.Get(flagged) is { } name ? new FlaggedLines(name) : null;
        GoodBots known = KnownBots.Open(context.Get(bots) ?? []);
        GateReplay replay = new(model, files, Forms[context.Get(format)!], known)
        {
            Judged = judged =>
            {
                if (judged.IsFlagged)
                    target?.Add(judged.Line);
                measure?.Add(judged);
            },
        };
        long started = Stopwatch.GetTimestamp();
        await context.Output.ProgressAsync(
            "Judging",
            null,
            progress =>
                Task.Run(
                    () =>
                    {
                        replay.Run(progress, cancellation);
                        return true;
                    },
                    cancellation
                )
        );
        target?.Flush();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        GateReplayReport report = GateReplayReport.Of(replay.Tally, seconds, measure?.Figures());
        Print(context, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private static void Print(CommandContext context, GateReplayReport report)
    {
        Line(
            $"{report.Requests:N0} requests of {report.Addresses:N0} addresses, {report.RequestsPerSecond:N0}/s; flagged {report.FlaggedRequests:N0} requests of {report.FlaggedAddresses:N0} addresses."
        );
        foreach ((string rule, RuleFigures figures) in report.ByRule.OrderByDescending(x => x.Value.Hits))
            Line(
                $"  {rule, -40} {figures.Hits, 9:N0} requests {figures.Addresses, 7:N0} addresses{(figures.Mode is { } mode ? " (" + Words.Of(mode) + ")" : "")}"
            );
        foreach ((string rule, IReadOnlyDictionary<string, long> features) in report.LackedFeatures)
            Line(
                $"  {rule} needs what these logs do not know: {string.Join(", ", features.Select(x => $"{x.Key} ({x.Value:N0} requests)"))}"
            );
        if (report.PassedOver > 0)
            Line($"{report.PassedOver:N0} lines were not about requests.");
        foreach ((string reason, long count) in report.RejectedByReason)
            Line($"{count:N0} lines rejected: {reason}");
        if (report.Truth is not { } truth)
            return;
        foreach ((string family, FamilyFigures figures) in truth.Families)
            Line($"  {family}: recall {figures.Recall:P2} of {figures.Requests:N0} requests");
        Line($"  people accused: {truth.AccusedPeople:N0} of {truth.People:N0} ({truth.AccusedShare:P3})");
        foreach ((string rule, int people) in truth.AccusedByRule)
            Line($"    by {rule}: {people:N0}");

        void Line(FormattableString text) => context.Output.Line(text.ToString(CultureInfo.InvariantCulture));
    }
}
