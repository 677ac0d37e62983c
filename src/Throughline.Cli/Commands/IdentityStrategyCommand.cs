using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Core.Identity;

namespace Throughline.Cli.Commands;

/// <summary><c>identity strategy</c>: which identifiers make a tenant's customers.</summary>
internal static class IdentityStrategyCommand
{
    public static GroupCommand Create() =>
        new(
            "strategy",
            "Show, try and publish the strategy that makes a tenant's customers.",
            new IdentityStrategyShowCommand(),
            new IdentityStrategyTryCommand(),
            new IdentityStrategyPublishCommand()
        );

    public static Argument<string> File() =>
        new("FILE") { Description = "A strategy as JSON; default is the product's, connected the one without limits." };

    /// <summary>Checked here already, so that a mistake is told with the file's name.</summary>
    public static JsonElement Read(string file)
    {
        byte[] json = file switch
        {
            "default" => StrategyJson.Write(Strategy.Default),
            "connected" => StrategyJson.Write(Strategy.Connected),
            _ => ReadFile(file),
        };
        return JsonSerializer.Deserialize<JsonElement>(json);
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            byte[] json = System.IO.File.ReadAllBytes(file);
            using JsonDocument document = JsonDocument.Parse(json);
            StrategyJson.Read(document.RootElement);
            return json;
        }
        catch (JsonException error)
        {
            throw CommandException.BadInput("bad_strategy", $"{file}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unreadable", $"{file} cannot be read: {error.Message}");
        }
    }
}

/// <summary><c>identity strategy show</c>.</summary>
internal sealed class IdentityStrategyShowCommand()
    : CliCommand(
        "show",
        "Show the strategy in force, and those that were published.",
        new Example("./throughline identity strategy show --json", "Its inForce is a file to begin from.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service.For(context.Tenant).GetAsync("v1/identity/strategies", cancellation)
        )!;
        JsonElement inForce = answer.RootElement.GetProperty("inForce");
        context.Output.Line(
            $"{inForce.GetProperty("name").GetString()}@{inForce.GetProperty("version")}: at most {inForce.GetProperty("sizeMax")} "
                + $"identifiers a customer, {inForce.GetProperty("order").GetString()} links of a tier first"
        );
        foreach (JsonElement rule in inForce.GetProperty("types").EnumerateArray())
            context.Output.Line($"  {rule}");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>identity strategy try FILE</c>.</summary>
internal sealed class IdentityStrategyTryCommand : CliCommand
{
    private readonly Argument<string> file = IdentityStrategyCommand.File();

    private readonly Option<string?> heldOut = new("--held-out")
    {
        Description = "Measure both strategies against this type, whose links are left out.",
        HelpName = "TYPE",
    };

    public IdentityStrategyTryCommand()
        : base(
            "try",
            "Tell what a strategy would change, on all stored facts; nothing is changed.",
            new Example(
                "./throughline identity strategy try strategy.json --held-out user",
                "Customers that would merge and split, and how well each strategy finds who is logged in."
            )
        )
    {
        Add(file);
        Add(heldOut);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new() { ["strategy"] = IdentityStrategyCommand.Read(context.Get(file)!) };
        if (context.Get(heldOut) is { } type)
            body["heldOut"] = type;
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Trying",
            100,
            HttpMethod.Post,
            "v1/identity/strategies/try",
            JsonSerializer.SerializeToUtf8Bytes(body),
            cancellation
        );
        JsonElement report = answer.RootElement;
        foreach (string side in (string[])["now", "tried"])
            context.Output.Line($"{side, -6} {report.GetProperty(side)}");
        context.Output.Line(
            $"{report.GetProperty("merges")} customers would merge, {report.GetProperty("splits")} would split; "
                + $"{report.GetProperty("movedIdentifiers")} identifiers would move"
        );
        PreviewText.PrintCredit(context.Output, report.GetProperty("credit"));
        context.Output.Result(report);
        return ExitCode.Done;
    }
}

/// <summary><c>identity strategy publish FILE</c>.</summary>
internal sealed class IdentityStrategyPublishCommand : CliCommand
{
    private readonly Argument<string> file = IdentityStrategyCommand.File();
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    public IdentityStrategyPublishCommand()
        : base(
            "publish",
            "Put a strategy in force: customers are put together anew, and what follows from them.",
            new Example(
                "./throughline identity strategy publish strategy.json --note \"tablets are shared\"",
                "In force when the command ends. Publish the earlier one again to go back."
            )
        )
    {
        Add(file);
        Add(author);
        Add(note);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new()
        {
            ["strategy"] = IdentityStrategyCommand.Read(context.Get(file)!),
            ["author"] = context.Get(author)!,
        };
        if (context.Get(note) is { } why)
            body["note"] = why;
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Put, "v1/identity/strategy", JsonSerializer.SerializeToUtf8Bytes(body), cancellation);
        context.Output.Line("The strategy is in force.");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
