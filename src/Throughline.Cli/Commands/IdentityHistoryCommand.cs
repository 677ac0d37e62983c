using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>identity history ID</c>: what happened to a customer.</summary>
internal sealed class IdentityHistoryCommand : CliCommand
{
    private readonly Argument<string> id = new("ID") { Description = "The id of a customer, also one of former days." };

    public IdentityHistoryCommand()
        : base(
            "history",
            "Tell what happened to a customer: created, merged, split, relabelled, each with its cause.",
            new Example(
                "./throughline identity history 3f0c9a5e7b1d2c4f8a6b0e9d1c2f3a4b",
                "Its changes in order, with the event or the operator's word behind each."
            )
        ) => Add(id);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer =
            await service
                .For(context.Tenant)
                .GetAsync($"v1/customers/{Uri.EscapeDataString(context.Get(id)!)}/history", cancellation)
            ?? throw CommandException.BadInput("not_found", $"Tenant {context.Tenant} knows no customer with this id.");
        foreach (JsonElement change in answer.RootElement.GetProperty("changes").EnumerateArray())
            context.Output.Line(Line(change));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string Line(JsonElement change)
    {
        JsonElement cause = change.GetProperty("cause");
        string into = change.TryGetProperty("into", out JsonElement other) ? $" {other}" : "";
        string why = cause.TryGetProperty("statement", out JsonElement statement)
            ? $"{statement}{(cause.TryGetProperty("reason", out JsonElement reason) ? $": {reason}" : "")}"
            : $"{cause.GetProperty("type")} {cause.GetProperty("event")}";
        return $"{cause.GetProperty("time")}  {change.GetProperty("change")}{into}, {change.GetProperty("size")} identifiers  ({why})";
    }
}
