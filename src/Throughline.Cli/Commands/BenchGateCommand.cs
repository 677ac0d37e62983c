using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>bench gate</c>: how long decisions take on this machine, in the process and over HTTP.</summary>
internal sealed class BenchGateCommand : CliCommand
{
    private readonly Option<int> decisions = new("--decisions")
    {
        Description = "How many decisions are timed in the process.",
        HelpName = "N",
        DefaultValueFactory = _ => 500_000,
    };

    private readonly Option<int> seconds = new("--seconds")
    {
        Description =
            "How long each of the rounds over HTTP takes: six against the gate, six against an empty handler.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private readonly Option<int> replayed = new("--replayed")
    {
        Description = "How many requests of a generated access log are replayed by the default rules.",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000_000,
    };

    public BenchGateCommand()
        : base(
            "gate",
            "Measure the gate: decisions with 200 rules and 20 counters, in the process and over HTTP, and the replay of a log by the default rules. Works in a folder of its own below --data, which it removes.",
            new Example(
                "./throughline bench gate",
                "About a minute; the load over HTTP is wrk's if that is installed."
            ),
            new Example(
                "./throughline bench gate --json",
                "The same for a script: decisionUs.p50 and .p99, httpDecisionsPerSecond, bareHttpPerSecond, replayPerSecondPerCore, storedDecisions, lostDecisions."
            )
        )
    {
        Add(decisions);
        Add(seconds);
        Add(replayed);
        replayed.Validators.Add(RequirePositive);
        decisions.Validators.Add(RequirePositive);
        seconds.Validators.Add(RequirePositive);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string folder = Path.Combine(context.DataFolder, $"bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            GateReport report = await MeasureAsync(context, folder, cancellation);
            Print(context.Output, report);
            context.Output.Result(report);
            return ExitCode.Done;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RequirePositive(OptionResult option)
    {
        if (option.Number<int>() < 1)
            option.AddError($"{option.Option.Name} must be at least 1.");
    }

    private async Task<GateReport> MeasureAsync(CommandContext context, string folder, CancellationToken cancellation)
    {
        GateDocument rules = GateRules.Create();
        GateModel model =
            GateModel.Create(rules, 1, out IReadOnlyList<GateIssue> issues)
            ?? throw new InvalidOperationException(string.Join('\n', issues));
        GateMix mix = new();
        int count = context.Get(decisions);
        DecisionTimes times = await context.Output.ProgressAsync(
            "In this process",
            count,
            progress => Task.Run(() => GateDecideBench.Run(model, mix, count, progress, cancellation), cancellation)
        );
        int lines = context.Get(replayed);
        double replay = await context.Output.ProgressAsync(
            "Replaying a log",
            lines,
            progress => Task.Run(() => GateReplayBench.Run(folder, lines, progress, cancellation), cancellation)
        );
        GateHttpSpeed http = await context.Output.ProgressAsync(
            "Over HTTP",
            GateHttpBench.Rounds,
            progress => GateHttpBench.RunAsync(folder, model, mix, context.Get(seconds), progress, cancellation)
        );
        return new(
            rules.Rules.Count,
            rules.Counters.Count,
            count,
            times,
            http.Decisions,
            http.Bare,
            Math.Round(http.Decisions / http.Bare, 3, MidpointRounding.ToEven),
            http.DecisionCpuUs,
            http.BareCpuUs,
            http.Stored,
            http.Lost,
            http.Load,
            replay,
            [
                http.Cost,
                new("requests of an access log replayed by the default rules", lines, Figures.Seconds(1e6 / replay)),
            ],
            Environment.ProcessorCount
        );
    }

    private static void Print(ICommandOutput output, GateReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        Line($"{report.Rules} rules, {report.Counters} counters, {report.Processors} processors");
        Line(
            $"A decision            {report.DecisionUs.P50, 10:0.0} us (p50), {report.DecisionUs.P99:0.0} us (p99), {report.DecisionUs.Max:0} us (longest of {report.Decisions:N0})"
        );
        Line($"Over HTTP ext_authz   {report.HttpDecisionsPerSecond, 10:N0} decisions/s");
        Line(
            $"The server, empty     {report.BareHttpPerSecond, 10:N0} answers/s: the gate gives {report.HttpShare:0 %} of it"
        );
        Line(
            $"Work of the server    {report.HttpDecisionCpuUs, 10:0.0} us a decision, {report.BareHttpCpuUs:0.0} us an empty answer"
        );
        Line($"Replay of a log       {report.ReplayPerSecondPerCore, 10:N0} requests/s by one core");
        Line($"Decisions stored      {report.StoredDecisions, 10:N0}, lost {report.LostDecisions:N0}");
        foreach (Cost cost in report.Cost)
            Line(cost.Line());
        output.Line(
            report.HttpLoad == "wrk"
                ? "The load over HTTP was wrk's."
                : "wrk is not installed: the load over HTTP was our own, which takes much of the machine from both."
        );
    }
}
