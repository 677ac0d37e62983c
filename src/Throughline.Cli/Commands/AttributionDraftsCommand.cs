using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution drafts</c>: rules that somebody works on, kept by the tenant, without effect until they are published.</summary>
internal static class AttributionDraftsCommand
{
    public static GroupCommand Create() =>
        new(
            "drafts",
            "Keep drafts of attribution rules, try them on all that happened, publish or discard them.",
            new AttributionDraftsSaveCommand(),
            new AttributionDraftsListCommand(),
            new AttributionDraftsShowCommand(),
            new AttributionDraftsTryCommand(),
            new AttributionDraftsEndCommand(isPublished: true),
            new AttributionDraftsEndCommand(isPublished: false)
        );

    public static Argument<string> Name() =>
        new("NAME") { Description = "The draft's name: small letters, digits, '.', '_' and '-'." };

    public static string PathOf(string name) => $"v1/attribution/drafts/{Uri.EscapeDataString(name)}";

    /// <summary>The text of a draft, and its revision.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public static async Task<(byte[] Text, int Revision)> ReadAsync(
        CommandContext context,
        ServiceConnection service,
        string name,
        CancellationToken cancellation
    )
    {
        using JsonDocument draft =
            await service.For(context.Tenant).GetAsync(PathOf(name), cancellation)
            ?? throw CommandException.BadInput("draft_missing", $"There is no draft '{name}'.");
        return (
            Encoding.UTF8.GetBytes(draft.RootElement.GetProperty("text").GetString()!),
            draft.RootElement.GetProperty("revision").GetInt32()
        );
    }

    public static string LineOf(JsonElement draft) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{draft.GetProperty("name").GetString(), -24} revision {draft.GetProperty("revision").GetInt32()}, {draft.GetProperty("saved").GetString()} {draft.GetProperty("author").GetString()} {draft.GetProperty("note").GetString()}"
        );
}

/// <summary><c>attribution drafts save NAME FILE</c>.</summary>
internal sealed class AttributionDraftsSaveCommand : CliCommand
{
    private readonly Argument<string> name = AttributionDraftsCommand.Name();
    private readonly Argument<string> file = AttributionRulesCommand.File();
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    public AttributionDraftsSaveCommand()
        : base(
            "save",
            "Check a file of attribution rules as a publication is, and keep it as a draft.",
            new Example(
                "./throughline attribution drafts save autumn rules.yaml --author ada --note \"shorter windows\"",
                "A draft of that name is replaced."
            )
        )
    {
        Add(name);
        Add(file);
        Add(author);
        Add(note);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        (string text, _) = AttributionRulesCommand.Open(context.Get(file)!);
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        string parameters = Parameters.Of(("author", context.Get(author)), ("note", context.Get(note)));
        using JsonDocument saved = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Put,
                AttributionDraftsCommand.PathOf(context.Get(name)!) + parameters,
                Encoding.UTF8.GetBytes(text),
                cancellation,
                "application/yaml"
            );
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{context.Get(name)} is saved, revision {saved.RootElement.GetProperty("revision").GetInt32()}: {saved.RootElement.GetProperty("rules").GetInt32()} rules, {saved.RootElement.GetProperty("weightTables").GetInt32()} weight tables"
            )
        );
        context.Output.Result(saved.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>attribution drafts list</c>.</summary>
internal sealed class AttributionDraftsListCommand()
    : CliCommand(
        "list",
        "List a tenant's drafts of attribution rules.",
        new Example("./throughline attribution drafts list --tenant shop", "One line a draft.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service.For(context.Tenant).GetAsync("v1/attribution/drafts", cancellation)
        )!;
        foreach (JsonElement draft in answer.RootElement.GetProperty("drafts").EnumerateArray())
            context.Output.Line(AttributionDraftsCommand.LineOf(draft));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>attribution drafts show NAME</c>.</summary>
internal sealed class AttributionDraftsShowCommand : CliCommand
{
    private readonly Argument<string> name = AttributionDraftsCommand.Name();

    public AttributionDraftsShowCommand()
        : base(
            "show",
            "Print a draft as it was saved.",
            new Example("./throughline attribution drafts show autumn --tenant shop", "To go on with it.")
        ) => Add(name);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string asked = context.Get(name)!;
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        (byte[] text, int revision) = await AttributionDraftsCommand.ReadAsync(context, service, asked, cancellation);
        string whole = Encoding.UTF8.GetString(text);
        context.Output.Line(whole.TrimEnd('\n'));
        context.Output.Result(
            JsonSerializer.SerializeToElement(
                new
                {
                    name = asked,
                    revision,
                    text = whole,
                }
            )
        );
        return ExitCode.Done;
    }
}

/// <summary><c>attribution drafts try NAME</c>.</summary>
internal sealed class AttributionDraftsTryCommand : CliCommand
{
    private readonly Argument<string> name = AttributionDraftsCommand.Name();

    public AttributionDraftsTryCommand()
        : base(
            "try",
            "Say what publishing a draft now would change of the credit of all that happened; nothing changes.",
            new Example(
                "./throughline attribution drafts try autumn --tenant shop",
                "Conversions whose credit moves, and money by campaign."
            )
        ) => Add(name);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        (byte[] text, _) = await AttributionDraftsCommand.ReadAsync(context, service, context.Get(name)!, cancellation);
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Trying",
            100,
            HttpMethod.Post,
            "v1/attribution/rules/try",
            text,
            cancellation,
            "application/yaml"
        );
        PreviewText.PrintCredit(context.Output, answer.RootElement.GetProperty("credit"));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>attribution drafts publish NAME</c> and <c>… discard NAME</c>.</summary>
internal sealed class AttributionDraftsEndCommand : CliCommand
{
    private readonly bool isPublished;
    private readonly Argument<string> name = AttributionDraftsCommand.Name();
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    public AttributionDraftsEndCommand(bool isPublished)
        : base(
            isPublished ? "publish" : "discard",
            isPublished
                ? "Publish each rule of a draft as the next version for its campaign and kind of conversion; the draft is gone then."
                : "Discard a draft; nothing else changes.",
            new Example(
                $"./throughline attribution drafts {(isPublished ? "publish" : "discard")} autumn --author ada",
                isPublished ? "In force when it is answered." : "It stays in the log."
            )
        )
    {
        this.isPublished = isPublished;
        Add(name);
        Add(author);
        Add(note);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string asked = context.Get(name)!;
        (string, string?)[] said = [("author", context.Get(author)), ("note", context.Get(note))];
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        (byte[] text, int revision) = await AttributionDraftsCommand.ReadAsync(context, service, asked, cancellation);
        using JsonDocument answer = isPublished
            ? await service
                .For(context.Tenant)
                .SendAsync(
                    HttpMethod.Put,
                    $"v1/attribution/rules{Parameters.Of([("draft", $"{asked}@{revision}"), .. said])}",
                    text,
                    cancellation,
                    "application/yaml"
                )
            : await service
                .For(context.Tenant)
                .SendAsync(
                    HttpMethod.Delete,
                    AttributionDraftsCommand.PathOf(asked) + Parameters.Of(said),
                    default,
                    cancellation
                );
        if (isPublished)
            foreach (JsonElement rule in answer.RootElement.GetProperty("rules").EnumerateArray())
                context.Output.Line(AttributionRulesCommand.LineOfPublication(rule));
        else
            context.Output.Line($"{asked} is discarded");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
