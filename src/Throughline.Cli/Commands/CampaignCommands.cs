using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>campaign put ID</c>: publishes the next version of a campaign's rule.</summary>
internal sealed class CampaignPutCommand : CliCommand
{
    private readonly Argument<string> id = new("ID") { Description = "The campaign's id; * is the tenant's default." };

    private readonly Option<string> window = new("--window")
    {
        Description = "How long before a conversion a touch is eligible, such as 12h or 30d.",
        HelpName = "TIME",
        Required = true,
    };

    private readonly Option<string> model = new("--model")
    {
        Description = "How credit is shared among the campaign's touches.",
        DefaultValueFactory = _ => "last_touch",
    };

    private readonly Option<int> priority = new("--priority")
    {
        Description = "The higher one wins within an exclusivity group.",
        HelpName = "N",
    };

    private readonly Option<string?> group = new("--group")
    {
        Description = "Exclusivity group: one campaign of a group wins a conversion.",
        HelpName = "NAME",
    };

    private readonly Option<bool> restate = new("--restate")
    {
        Description = "Also cover conversions from before this publication.",
    };

    public CampaignPutCommand()
        : base(
            "put",
            "Publish the next version of a campaign's attribution rule.",
            new Example("./throughline campaign put summer --window 7d", "Last touch within seven days, from now on."),
            new Example(
                "./throughline campaign put '*' --window 30d --model linear --restate",
                "A default, for the past too."
            )
        )
    {
        model.AcceptOnlyFromAmong("last_touch", "linear");
        Add(id);
        Add(window);
        Add(model);
        Add(priority);
        Add(group);
        Add(restate);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> document = new()
        {
            ["window"] = context.Get(window)!,
            ["model"] = context.Get(model)!,
            ["priority"] = context.Get(priority),
            ["restate"] = context.Get(restate),
        };
        if (context.Get(group) is { } name)
            document["group"] = name;
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument receipt = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Put,
                $"v1/campaigns/{Uri.EscapeDataString(context.Get(id)!)}",
                JsonSerializer.SerializeToUtf8Bytes(document),
                cancellation
            );
        int version = receipt.RootElement.GetProperty("version").GetInt32();
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"Campaign {context.Get(id)} has version {version} now.")
        );
        context.Output.Result(receipt.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>campaign list</c>.</summary>
internal sealed class CampaignListCommand()
    : CliCommand(
        "list",
        "List a tenant's campaigns with all their versions.",
        new Example("./throughline campaign list --tenant shop", "One line a version.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/campaigns", cancellation))!;
        foreach (JsonElement campaign in answer.RootElement.GetProperty("campaigns").EnumerateArray())
            context.Output.Line(
                $"{campaign.GetProperty("campaign").GetString(), -24} version {campaign.GetProperty("version").GetInt32()}, "
                    + $"{campaign.GetProperty("model").GetString()}, "
                    + $"window {TimeSpan.FromMilliseconds(campaign.GetProperty("windowMs").GetInt64())}"
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
