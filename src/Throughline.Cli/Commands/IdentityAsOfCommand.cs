using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>identity as-of TIME ID</c>: the customer as it was.</summary>
internal sealed class IdentityAsOfCommand : CliCommand
{
    private readonly Argument<string> time = new("TIME") { Description = "RFC 3339; told in whole 5 minutes." };

    private readonly Argument<string> id = new("ID")
    {
        Description = "An identifier as type:value, or the id of a customer.",
    };

    public IdentityAsOfCommand()
        : base(
            "as-of",
            "Tell the customer that an identifier had at a past time, by the facts and the strategy of then.",
            new Example(
                "./throughline identity as-of 2026-05-01T00:00:00Z email:anna@example.com",
                "Events count by their own time, whenever they arrived."
            )
        )
    {
        Add(time);
        Add(id);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await AskAsync(context, service.For(context.Tenant), cancellation);
        JsonElement past = answer.RootElement;
        context.Output.Line(
            $"{past.GetProperty("customer")} at {past.GetProperty("asOf")} under {past.GetProperty("strategy")}: {past.GetProperty("size")} identifiers"
        );
        foreach (JsonElement identifier in past.GetProperty("identifiers").EnumerateArray())
            context.Output.Line(
                $"  {identifier.GetProperty("type")} {identifier.GetProperty("token")}, since {identifier.GetProperty("firstSeen")}"
            );
        context.Output.Result(past);
        return ExitCode.Done;
    }

    // An identifier never stands in an address.
    private async Task<JsonDocument> AskAsync(
        CommandContext context,
        ServiceClient service,
        CancellationToken cancellation
    )
    {
        (string at, string of) = (context.Get(time)!, context.Get(id)!);
        int colon = of.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return await service.GetAsync(
                    $"v1/customers/{Uri.EscapeDataString(of)}/as-of?time={Uri.EscapeDataString(at)}",
                    cancellation
                ) ?? throw CommandException.BadInput("not_found", $"There was no such customer at {at}.");
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = of[..colon],
                value = of[(colon + 1)..],
                asOf = at,
            }
        );
        return await service.SendAsync(HttpMethod.Post, "v1/customers/resolve-as-of", body, cancellation);
    }
}
