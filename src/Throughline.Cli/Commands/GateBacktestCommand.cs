using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Backtest;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Backtest;
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
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> stored = new("--stored")
    {
        Description = "The tenant's stored decisions instead of logs.",
    };

    private readonly Option<string?> from = TimeOption.From(
        "Of stored decisions; 24 hours before --to unless told otherwise."
    );

    private readonly Option<string?> to = TimeOption.To("Of stored decisions; now unless told otherwise.");

    private readonly Option<string?> labelFile = new("--labels")
    {
        Description = "Lines of VALUE,human or VALUE,bot; values are addresses, ids of decisions, user agents.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> honeypots = new("--honeypot")
    {
        Description = "The beginning of a path that no person asks for: who does is a bot. May be given again.",
        HelpName = "PREFIX",
    };

    public GateBacktestCommand()
        : base(
            "backtest",
            "Try a draft of rules on logs or stored decisions, and show what would come out differently.",
            new Example(
                "./throughline gate backtest --rules draft.yaml --against 3 --log access.log --json",
                "Against version 3 of the tenant's rules."
            ),
            new Example(
                "./throughline gate backtest --rules draft.yaml --against default --log access.log.1.gz access.log",
                "Against the pack of the product."
            ),
            new Example(
                "./throughline gate backtest --rules draft.yaml --against 3 --stored --from 2026-06-01T00:00:00Z --labels seen.csv --honeypot /trap/",
                "On what the gate decided since then, held against labels."
            )
        )
    {
        Add(rules);
        Add(against);
        Add(logs);
        Add(stored);
        Add(from);
        Add(to);
        Add(labelFile);
        Add(honeypots);
        Validators.Add(result =>
        {
            bool isStored = result.GetValue(stored);
            if (isStored == (result.GetValue(logs) is { Length: > 0 }))
                result.AddError("Give either --log or --stored.");
            if (!isStored && (result.GetValue(from) ?? result.GetValue(to)) is not null)
                result.AddError("--from and --to go with --stored.");
        });
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        GateModel draft = RuleFiles.Open(context.Get(rules)!);
        TrafficLabels labels = new();
        IReadOnlyList<(string Value, bool IsBot)> labelled = context.Get(labelFile) is { } path
            ? LabelFile.Read(path, labels)
            : [];
        foreach (string prefix in context.Get(honeypots) ?? [])
            labels.AddHoneypot(
                prefix.StartsWith('/') && prefix.Length > 1
                    ? prefix
                    : throw new CommandException(
                        ExitCode.Usage,
                        "honeypot_invalid",
                        $"'{prefix}' is no honeypot: it is the beginning of a path, a slash and more."
                    )
            );
        if (context.Get(stored))
            return await RunStoredAsync(context, draft, labelled, labels, cancellation);
        string[] files = context.Get(logs)!;
        foreach (string file in files.Where(file => file != "-"))
            InputFile.Open(file).Dispose(); // a missing file is told before long work
        GateModel? today = await TodayAsync(context, cancellation);
        BacktestReport report = await context.Output.ProgressAsync(
            "Judging",
            null,
            progress =>
                Task.Run(
                    () => new GateBacktest(draft, today, files, LineForm.Auto, labels).Run(progress, cancellation),
                    cancellation
                )
        );
        BacktestText.Print(context.Output, report);
        context.Output.Result(report);
        return ExitCode.Done;
    }

    private async Task<ExitCode> RunStoredAsync(
        CommandContext context,
        GateModel draft,
        IReadOnlyList<(string Value, bool IsBot)> labelled,
        TrafficLabels labels,
        CancellationToken cancellation
    )
    {
        Dictionary<string, object> body = new()
        {
            ["rules"] = GateJson.ToElement(draft.Document),
            ["labels"] = labelled.Select(x => new { value = x.Value, label = x.IsBot ? "bot" : "human" }),
            ["honeypots"] = labels.Honeypots,
        };
        if (context.Get(against) is { } named)
            body["against"] = long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
                ? version
                : GateJson.ToElement(RuleFiles.Open(named).Document);
        string parameters = Parameters.Of(("from", context.Get(from)), ("to", context.Get(to)));
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Judging",
            null,
            HttpMethod.Post,
            $"v1/gate/backtest{parameters}",
            JsonSerializer.SerializeToUtf8Bytes(body),
            cancellation
        );
        BacktestText.Print(context.Output, answer.Deserialize<BacktestReport>(JsonSerializerOptions.Web)!);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private async Task<GateModel?> TodayAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(against) is not { } named)
            return null;
        if (!long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
            return RuleFiles.Open(named);
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
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
}
