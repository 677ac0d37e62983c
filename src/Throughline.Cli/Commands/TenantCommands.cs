using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>tenant create ID</c>: a new tenant and its first API key.</summary>
internal sealed class TenantCreateCommand : CliCommand
{
    private readonly Argument<string> id = new("ID") { Description = "The tenant's id: a to z, digits and hyphens." };

    private readonly Option<string?> region = new("--region")
    {
        Description = "Where its data must stay.",
        HelpName = "NAME",
    };

    private readonly Option<int?> horizon = new("--horizon-days")
    {
        Description = "How many days an event may be older than the newest one (35 unless given).",
        HelpName = "N",
    };

    private readonly Option<int?> restate = new("--restate-days")
    {
        Description = "How many days after a conversion something may be seen or said and still change its credit.",
        HelpName = "DAYS",
    };

    private readonly Option<int?> retention = new("--retention-days")
    {
        Description = "How many days back rules may look, horizon and --restate-days included.",
        HelpName = "DAYS",
    };

    private readonly Option<string?> callingCode = new("--calling-code")
    {
        Description = "Country calling code for phone numbers written without one, such as 49.",
        HelpName = "DIGITS",
    };

    public TenantCreateCommand()
        : base(
            "create",
            "Create a tenant and print its first API key, which is shown this once.",
            new Example("./throughline tenant create shop", "Prints the key; only its hash is kept."),
            new Example("./throughline tenant create shop --calling-code 49 --json", "For a script.")
        )
    {
        Add(id);
        Add(region);
        Add(horizon);
        Add(restate);
        Add(retention);
        Add(callingCode);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> document = new() { ["id"] = context.Get(id)! };
        if (context.Get(region) is { } place)
            document["region"] = place;
        if (context.Get(horizon) is { } days)
            document["horizonDays"] = days;
        if (context.Get(restate) is { } restateDays)
            document["restateDays"] = restateDays;
        if (context.Get(retention) is { } retentionDays)
            document["retentionDays"] = retentionDays;
        if (context.Get(callingCode) is { } code)
            document["callingCode"] = code;
        await using ServiceConnection service = await ServiceConnection.OpenAsync(context, cancellation);
        using JsonDocument created = await service.Control.SendAsync(
            HttpMethod.Post,
            "v1/tenants",
            JsonSerializer.SerializeToUtf8Bytes(document),
            cancellation
        );
        string tenant = created.RootElement.GetProperty("tenant").GetString()!;
        string key = created.RootElement.GetProperty("apiKey").GetString()!;
        context.Output.Line($"Tenant {tenant} is created. Its API key, shown this once: {key}");
        context.Output.Result(new { tenant, apiKey = key });
        return ExitCode.Done;
    }
}

/// <summary><c>tenant key</c>: one more API key.</summary>
internal sealed class TenantKeyCommand : CliCommand
{
    private readonly Option<bool> write = new("--write-only")
    {
        Description = "A key that lets events in at the doors of other tools' senders and opens nothing else.",
    };

    public TenantKeyCommand()
        : base(
            "key",
            "Issue one more API key for a tenant and print it, this once; the others stay valid.",
            new Example("./throughline tenant key --tenant shop", "Prints the new key."),
            new Example("./throughline tenant key --tenant shop --write-only", "A key that may stand in a page.")
        ) => Add(write);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenExistingAsync(context, cancellation);
        bool writeOnly = context.Get(write);
        string key = await service.IssueKeyAsync(context.Tenant, cancellation, writeOnly);
        string kind = writeOnly ? "write key" : "API key";
        context.Output.Line($"A new {kind} of tenant {context.Tenant}, shown this once: {key}");
        context.Output.Result(new { tenant = context.Tenant, apiKey = key });
        return ExitCode.Done;
    }
}

/// <summary><c>tenant list</c>.</summary>
internal sealed class TenantListCommand()
    : CliCommand(
        "list",
        "List the tenants of the data folder.",
        new Example("./throughline tenant list", "One line each.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenExistingAsync(context, cancellation);
        using JsonDocument answer = (await service.Control.GetAsync("v1/tenants", cancellation))!;
        foreach (JsonElement tenant in answer.RootElement.GetProperty("tenants").EnumerateArray())
            context.Output.Line(
                $"{tenant.GetProperty("id").GetString(), -24} region {tenant.GetProperty("region").GetString()}, "
                    + $"horizon {tenant.GetProperty("horizonDays").GetInt32()} days, keys {tenant.GetProperty("keys").GetInt32()}, "
                    + $"since {tenant.GetProperty("created").GetString()}"
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
