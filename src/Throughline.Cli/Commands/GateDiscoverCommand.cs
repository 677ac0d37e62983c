using System.CommandLine;
using System.Diagnostics;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Backtest;
using Throughline.Cli.Gate.Discovery;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate discover LOG...</c>: proposes rules for what the rules in force miss.</summary>
internal sealed class GateDiscoverCommand : CliCommand
{
    private readonly Argument<string[]> logs = new("LOG")
    {
        Description = "Logs in any order and of any form that gate replay reads, gzip or plain; several days of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> rules = new("--rules")
    {
        Description = "The rules in force: a file (YAML), or default. What they flag is left out.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<string[]> ignored = new("--ignore")
    {
        Description = "Ids of rules to leave out of the rules in force, with commas; all: every rule.",
        HelpName = "RULE,...",
    };

    private readonly Option<string?> labelFile = new("--labels")
    {
        Description =
            "Lines of VALUE,human or VALUE,bot; values are addresses and user agents. They outweigh behaviour.",
        HelpName = "FILE",
    };

    private readonly Option<string?> truthFile = new("--truth")
    {
        Description = "truth-actors.csv of a simulated world: measures the proposals on the held-out days.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> bots = new("--bots")
    {
        Description = "Addresses that a bot's operator publishes, as in gate replay.",
        HelpName = "BOT=FILE",
    };

    private readonly Option<string?> target = new("--out")
    {
        Description = "Write the proposals as rules in shadow, with their counters, to this file.",
        HelpName = "FILE.yaml",
    };

    public GateDiscoverCommand()
        : base(
            "discover",
            "Propose rules for traffic that is unlike people's and that the rules in force miss.",
            new Example("./throughline gate discover access.log --out found.yaml", "What the default rules miss."),
            new Example(
                "./throughline gate discover access.log --ignore all --json",
                "As if there were no rules: what the traffic itself suggests."
            )
        )
    {
        Add(logs);
        Add(rules);
        Add(ignored);
        Add(labelFile);
        Add(truthFile);
        Add(bots);
        Add(target);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string[] files = context.Get(logs)!;
        foreach (string file in files)
            if (file != "-")
                InputFile.Open(file).Dispose(); // a missing file is told before long work
        TrafficLabels labels = new();
        if (context.Get(labelFile) is { } labelPath)
            LabelFile.Read(labelPath, labels);
        ProposalTruth? truth = context.Get(truthFile) is { } truthPath ? ProposalTruth.Open(truthPath) : null;
        GateModel inForce = InForce.Open(context.Get(rules)!, context.Get(ignored) ?? []);
        GateDiscovery discovery = new(files, LineForm.Auto, inForce)
        {
            Bots = KnownBots.Open(context.Get(bots) ?? []),
            Labels = labels,
            Truth = truth,
        };
        string? path = context.Get(target);
        long started = Stopwatch.GetTimestamp();
        DiscoveryFindings found = await context.Output.ProgressAsync(
            "Reading",
            null,
            progress => Task.Run(() => discovery.Run(x => Write(x, path), progress, cancellation), cancellation)
        );
        DiscoveryReport report = DiscoveryReport.Of(found, truth, path, Stopwatch.GetElapsedTime(started).TotalSeconds);
        DiscoveryText.Print(context.Output, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    // What is checked is what was written.
    private static GateModel Write(GateDocument document, string? path)
    {
        string text = GateYamlWriter.Write(document);
        if (path is not null)
            try
            {
                File.WriteAllText(path, text);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw OutputFile.CannotWrite(path, error);
            }
        return InForce.Compile(GateYamlLoader.Load("proposals", _ => text));
    }
}
