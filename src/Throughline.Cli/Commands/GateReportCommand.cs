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
    private readonly Option<string?> from = TimeOption.From("24 hours before --to unless told otherwise.");

    private readonly Option<string?> to = TimeOption.To("Now unless told otherwise.");

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
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string parameters = Parameters.Of(
            ("top", context.Get(top).ToString(CultureInfo.InvariantCulture)),
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("step", context.Get(step))
        );
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Reading",
            null,
            HttpMethod.Get,
            $"v1/gate/report{parameters}",
            default,
            cancellation
        );
        GateReport report = answer.Deserialize<GateReport>(JsonSerializerOptions.Web)!;
        if (context.Get(csv) is { } folder)
            ReportFiles.Write(folder, report);
        ReportText.Print(context.Output, report);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
