using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Replay;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>replay</c>: applies events again and compares the results; exit 1 if they differ.</summary>
internal sealed class ReplayCommand : CliCommand
{
    private readonly Option<string> order = new("--order")
    {
        Description = "log (as they were accepted) or time (by event time): both must give the same results.",
        DefaultValueFactory = _ => "log",
    };

    private readonly Option<string[]> from = new("--from")
    {
        Description = "Take these NDJSON files instead of the stored log, into a machine in memory: nothing is stored.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    public ReplayCommand()
        : base(
            "replay",
            "Apply the stored events again to a fresh machine and compare the results digest.",
            new Example("./throughline replay --order time", "The tenant's log by event time: must be identical."),
            new Example(
                "./throughline replay --from events.ndjson --json",
                "A file, first as it is, then by event time."
            )
        )
    {
        order.AcceptOnlyFromAmong("log", "time");
        Add(order);
        Add(from);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ReplayReport report = context.Get(from) is { Length: > 0 } files
            ? await FileReplay.RunAsync(files, context.Tenant, context.Output, cancellation)
            : await ReplayStoreAsync(context, cancellation);
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Events:N0} events in {report.Order} order, {report.EventsPerSecond:N0}/s: results {(report.Identical ? "identical" : "DIFFERENT")}, digest {report.Digest}"
            )
        );
        if (report.Rejected > 0)
            context.Output.Line(
                string.Create(CultureInfo.InvariantCulture, $"{report.Rejected:N0} lines were no events.")
            );
        context.Output.Result(report);
        return report.Identical ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private async Task<ReplayReport> ReplayStoreAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await context.Output.ProgressAsync(
            "Replaying",
            null,
            _ =>
                service.Control.SendAsync(
                    HttpMethod.Post,
                    $"v1/tenants/{context.Tenant}/replay?order={context.Get(order)}",
                    ReadOnlyMemory<byte>.Empty,
                    cancellation
                )
        );
        return answer.RootElement.Deserialize<ReplayReport>(Output.CommandOutput.JsonForm)!;
    }
}
