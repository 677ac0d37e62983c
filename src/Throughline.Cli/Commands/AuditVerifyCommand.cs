using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>audit verify</c>: the chain of decisions; exit 1 if it does not hold.</summary>
internal sealed class AuditVerifyCommand()
    : CliCommand(
        "verify",
        "Verify the records of all decisions: finds any that was changed, removed or added, and names lost ones.",
        new Example("./throughline audit verify --tenant shop", "Reads the whole log."),
        new Example("./throughline audit verify --json", "For a script; exit code 1 if the chain does not hold.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/gate/audit", cancellation))!;
        JsonElement report = answer.RootElement;
        bool intact = report.GetProperty("intact").GetBoolean();
        context.Output.Line(
            $"{report.GetProperty("records").GetInt64()} records, {report.GetProperty("answers").GetInt64()} of them of answers, {report.GetProperty("heads").GetInt32()} exported heads: "
                + (intact ? "intact." : "NOT intact.")
        );
        foreach (JsonElement broken in report.GetProperty("breaks").EnumerateArray())
            context.Output.Line(
                $"  record {broken.GetProperty("record").GetInt64()} ({broken.GetProperty("id")}): {broken.GetProperty("message").GetString()}"
            );
        foreach (JsonElement position in report.GetProperty("unreadable").EnumerateArray())
            context.Output.Line($"  the decision at position {position.GetInt64()} of the log does not open");
        foreach (JsonElement gap in report.GetProperty("gaps").EnumerateArray())
            context.Output.Line(
                $"  lost: {gap.GetProperty("first").GetInt64()} to {gap.GetProperty("last").GetInt64()} of edge {gap.GetProperty("edge").GetString()}, started {gap.GetProperty("start").GetString()}"
            );
        context.Output.Result(report);
        return intact ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
