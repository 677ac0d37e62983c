using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>identity settings [FILE]</c>: from where on the guards alarm, and which values of traits survive.</summary>
internal sealed class IdentitySettingsCommand : CliCommand
{
    private readonly Argument<string?> file = new("FILE")
    {
        Description = "Settings as JSON, to be put in force; what they leave out is as by default.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string> author = PublicationOptions.Author();

    public IdentitySettingsCommand()
        : base(
            "settings",
            "Show from where on the guards of the identity graph alarm and which values of traits survive; with FILE put others in force.",
            new Example("./throughline identity settings --json", "The last line is a file to begin from."),
            new Example("./throughline identity settings guards.json", "They replace the ones before as a whole.")
        )
    {
        Add(file);
        Add(author);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        JsonElement? settings = context.Get(file) is { } path ? Read(path) : null;
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        ServiceClient client = service.For(context.Tenant);
        if (settings is { } others)
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { settings = others, author = context.Get(author)! });
            using JsonDocument _ = await client.SendAsync(HttpMethod.Put, "v1/identity/settings", body, cancellation);
        }
        using JsonDocument inForce = (await client.GetAsync("v1/identity/settings", cancellation))!;
        foreach (JsonProperty member in inForce.RootElement.EnumerateObject())
            context.Output.Line($"{member.Name, -7} {member.Value}");
        context.Output.Result(inForce.RootElement);
        return ExitCode.Done;
    }

    private static JsonElement Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw CommandException.BadInput("bad_settings", $"{path}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unreadable", $"{path} cannot be read: {error.Message}");
        }
    }
}
