using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate.Reports;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>gate report</c>: what the stored decisions of a tenant say.</summary>
internal sealed class GateReportCommand : CliCommand
{
    private readonly Option<string?> from = new("--from")
    {
        Description = "The first instant, RFC 3339 with an offset; 24 hours before --to unless told otherwise.",
        HelpName = "TIME",
    };

    private readonly Option<string?> to = new("--to")
    {
        Description = "The first instant after it; now unless told otherwise.",
        HelpName = "TIME",
    };

    private readonly Option<string?> step = new("--step")
    {
        Description = "Length of the report's buckets: 30s, 5m, 1h, 7d.",
        HelpName = "STEP",
    };

    private readonly Option<int> top = new("--top")
    {
        Description = "So many rules and values of each group are named.",
        HelpName = "N",
        DefaultValueFactory = _ => ReportOptions.TopUsual,
    };

    private readonly Option<string?> csv = new("--csv")
    {
        Description = "Write traffic.csv, rules.csv and groups.csv into this folder.",
        HelpName = "DIR",
    };

    public GateReportCommand()
        : base(
            "report",
            "Report what the gate did: traffic, rules, groups, shadow against enforced, signs of people refused.",
            new Example("./throughline gate report --tenant shop", "The last 24 hours."),
            new Example(
                "./throughline gate report --from 2026-06-01T00:00:00Z --to 2026-06-08T00:00:00Z --step 1h --csv week --json",
                "A week by the hour, as files for a spreadsheet and as JSON."
            )
        )
    {
        Add(from);
        Add(to);
        Add(step);
        Add(top);
        Add(csv);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenExistingAsync(context, cancellation);
        await service.RequireTenantAsync(context.Tenant, cancellation);
        using JsonDocument answer = await context.Output.ProgressAsync(
            "Reading",
            null,
            progress =>
                service
                    .For(context.Tenant)
                    .AskLongAsync(
                        HttpMethod.Get,
                        $"v1/gate/report?{Parameters(context)}",
                        default,
                        progress,
                        cancellation
                    )
        );
        GateReport report = answer.Deserialize<GateReport>(JsonSerializerOptions.Web)!;
        if (context.Get(csv) is { } folder)
            ReportFiles.Write(folder, report);
        ReportText.Print(context.Output, report);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private string Parameters(CommandContext context)
    {
        List<string> parameters = [string.Create(CultureInfo.InvariantCulture, $"top={context.Get(top)}")];
        foreach ((string name, Option<string?> option) in new[] { ("from", from), ("to", to), ("step", step) })
            if (context.Get(option) is { } value)
                parameters.Add($"{name}={Uri.EscapeDataString(value)}");
        return string.Join('&', parameters);
    }
}
