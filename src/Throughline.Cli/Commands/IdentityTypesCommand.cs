using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Core.Identity.Types;

namespace Throughline.Cli.Commands;

/// <summary><c>identity types</c>: how a tenant's identifiers are normalised, refused and derived, and what they tell of.</summary>
internal static class IdentityTypesCommand
{
    public static GroupCommand Create() =>
        new(
            "types",
            "Show and publish the configuration of a tenant's identifier types.",
            new IdentityTypesShowCommand(),
            new IdentityTypesPublishCommand()
        );
}

/// <summary><c>identity types show</c>.</summary>
internal sealed class IdentityTypesShowCommand()
    : CliCommand(
        "show",
        "Show the identifier types in force, and which are frozen.",
        new Example("./throughline identity types show --json", "Its inForce is a file to begin from.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/identity/types", cancellation))!;
        JsonElement inForce = answer.RootElement.GetProperty("inForce");
        context.Output.Line(
            $"version {inForce.GetProperty("version")}, the product's own blocked values: {inForce.GetProperty("blockedDefaults").GetString()}"
        );
        foreach (JsonElement type in inForce.GetProperty("types").EnumerateArray())
            context.Output.Line($"  {type}");
        foreach (JsonElement freeze in answer.RootElement.GetProperty("freezes").EnumerateArray())
            if (freeze.GetProperty("frozen").GetBoolean())
                context.Output.Line(
                    $"  {freeze.GetProperty("type").GetString()} is frozen since {freeze.GetProperty("since").GetString()}"
                );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>identity types publish FILE</c>.</summary>
internal sealed class IdentityTypesPublishCommand : CliCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "Identifier types as JSON." };
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    public IdentityTypesPublishCommand()
        : base(
            "publish",
            "Put a configuration of identifier types in force, for events that come from then on.",
            new Example(
                "./throughline identity types publish types.json --note \"loyalty cards\"",
                "In force when the command ends. Classes, priorities and validity hold for all stored facts."
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
            ["types"] = Read(context.Get(file)!),
            ["author"] = context.Get(author)!,
        };
        if (context.Get(note) is { } why)
            body["note"] = why;
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Put, "v1/identity/types", JsonSerializer.SerializeToUtf8Bytes(body), cancellation);
        context.Output.Line("The identifier types are in force.");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    // Checked here already, so that a mistake is told with the file's name.
    private static JsonElement Read(string file)
    {
        try
        {
            JsonElement json = JsonSerializer.Deserialize<JsonElement>(System.IO.File.ReadAllBytes(file));
            IdentifierTypesJson.Read(json);
            return json;
        }
        catch (JsonException error)
        {
            throw CommandException.BadInput("bad_identifier_types", $"{file}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unreadable", $"{file} cannot be read: {error.Message}");
        }
    }
}
