using System.CommandLine;
using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>gate lists</c>: the entries of a tenant's lists, which come and go without a publication.</summary>
internal static class GateListsCommand
{
    public static GroupCommand Create() =>
        new(
            "lists",
            "Change and show the entries of a tenant's lists.",
            new GateListsAddCommand(),
            new GateListsRemoveCommand(),
            new GateListsImportCommand(),
            new GateListsShowCommand(),
            new GateListsExportCommand()
        );

    public static Argument<string> List() => new("LIST") { Description = "The list's name, as rules know it." };

    public static Option<string?> Source() =>
        new("--source") { Description = "Whose entries these are.", HelpName = "NAME" };

    public static Option<string?> Kind() =>
        new Option<string?>("--kind")
        {
            Description = "Of a list that does not exist yet; addresses unless told otherwise.",
        }.AcceptOnlyFromAmong("address", "text", "contains", "number");

    public static async Task<ExitCode> SendAsync(
        CommandContext context,
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> body,
        string contentType,
        CancellationToken cancellation
    )
    {
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(method, path, body, cancellation, contentType);
        context.Output.Line(
            $"{answer.RootElement.GetProperty("changed").GetInt32()} entries; the list has {answer.RootElement.GetProperty("entries").GetInt32()} now."
        );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    public static string Path(string list) => $"v1/gate/lists/{Uri.EscapeDataString(list)}";

    /// <summary>What a list holds now.</summary>
    /// <exception cref="CommandException">There is no such list.</exception>
    public static async Task<JsonDocument> ReadAsync(
        CommandContext context,
        string list,
        CancellationToken cancellation
    )
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        return await service.For(context.Tenant).GetAsync(Path(list), cancellation)
            ?? throw CommandException.BadInput("not_found", $"Tenant {context.Tenant} has no list '{list}'.");
    }
}

/// <summary><c>gate lists add LIST VALUE...</c>.</summary>
internal sealed class GateListsAddCommand : CliCommand
{
    private readonly Argument<string> list = GateListsCommand.List();

    private readonly Argument<string[]> values = new("VALUE")
    {
        Description = "Addresses, blocks of addresses, texts or numbers.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> expires = new("--expires")
    {
        Description = "When they go by themselves: 2026-12-31T00:00:00Z.",
        HelpName = "TIME",
    };

    private readonly Option<string?> reason = new("--reason") { Description = "Why.", HelpName = "TEXT" };
    private readonly Option<string?> source = GateListsCommand.Source();
    private readonly Option<string?> kind = GateListsCommand.Kind();
    private readonly Option<string> author = PublicationOptions.Author();

    public GateListsAddCommand()
        : base(
            "add",
            "Add entries to a list, or renew them: looked up when the command ends.",
            new Example("./throughline gate lists add blocked 203.0.113.0/24 --reason scraper", "A block of addresses.")
        )
    {
        Add(list);
        Add(values);
        Add(expires);
        Add(reason);
        Add(source);
        Add(kind);
        Add(author);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new()
        {
            ["author"] = context.Get(author)!,
            ["entries"] = context.Get(values)!.Select(Entry).ToArray(),
        };
        if (context.Get(source) is { } whose)
            body["source"] = whose;
        if (context.Get(kind) is { } what)
            body["kind"] = what;
        return GateListsCommand.SendAsync(
            context,
            HttpMethod.Post,
            $"{GateListsCommand.Path(context.Get(list)!)}/entries",
            JsonSerializer.SerializeToUtf8Bytes(body),
            "application/json",
            cancellation
        );

        Dictionary<string, string> Entry(string value)
        {
            Dictionary<string, string> entry = new() { ["value"] = value };
            if (context.Get(expires) is { } end)
                entry["expires"] = end;
            if (context.Get(reason) is { } why)
                entry["reason"] = why;
            return entry;
        }
    }
}

/// <summary><c>gate lists remove LIST VALUE...</c>.</summary>
internal sealed class GateListsRemoveCommand : CliCommand
{
    private readonly Argument<string> list = GateListsCommand.List();

    private readonly Argument<string[]> values = new("VALUE")
    {
        Description = "As they were added.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> source = GateListsCommand.Source();
    private readonly Option<string> author = PublicationOptions.Author();

    public GateListsRemoveCommand()
        : base(
            "remove",
            "Remove entries from a list, of one source or of all.",
            new Example("./throughline gate lists remove blocked 203.0.113.0/24", "Whoever has added it.")
        )
    {
        Add(list);
        Add(values);
        Add(source);
        Add(author);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new()
        {
            ["author"] = context.Get(author)!,
            ["values"] = context.Get(values)!,
        };
        if (context.Get(source) is { } whose)
            body["source"] = whose;
        return GateListsCommand.SendAsync(
            context,
            HttpMethod.Delete,
            $"{GateListsCommand.Path(context.Get(list)!)}/entries",
            JsonSerializer.SerializeToUtf8Bytes(body),
            "application/json",
            cancellation
        );
    }
}

/// <summary><c>gate lists import LIST FILE</c>: all entries of a source.</summary>
internal sealed class GateListsImportCommand : CliCommand
{
    private readonly Argument<string> list = GateListsCommand.List();

    private readonly Argument<string> file = new("FILE")
    {
        Description = "One value a line; what follows # is a remark; - is standard input.",
    };

    private readonly Option<bool> append = new("--append")
    {
        Description = "Add to the source's entries instead of replacing them.",
    };

    private readonly Option<string?> source = GateListsCommand.Source();
    private readonly Option<string?> kind = GateListsCommand.Kind();
    private readonly Option<string> author = PublicationOptions.Author();

    public GateListsImportCommand()
        : base(
            "import",
            "Import a file as all entries of a source, at once; entries of other sources stay.",
            new Example("./throughline gate lists import blocked feed.txt --source feed", "Refresh a feed.")
        )
    {
        Add(list);
        Add(file);
        Add(append);
        Add(source);
        Add(kind);
        Add(author);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string path = context.Get(file)!;
        byte[] text;
        try
        {
            text =
                path == "-"
                    ? Encoding.UTF8.GetBytes(await Console.In.ReadToEndAsync(cancellation))
                    : await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("input_unreadable", $"{path} cannot be read: {error.Message}", error);
        }
        string parameters = Parameters.Of(
            ("author", context.Get(author)),
            ("source", context.Get(source)),
            ("kind", context.Get(kind))
        );
        return await GateListsCommand.SendAsync(
            context,
            context.Get(append) ? HttpMethod.Post : HttpMethod.Put,
            $"{GateListsCommand.Path(context.Get(list)!)}/entries{parameters}",
            text,
            "text/plain",
            cancellation
        );
    }
}

/// <summary><c>gate lists show [LIST]</c>.</summary>
internal sealed class GateListsShowCommand : CliCommand
{
    private readonly Argument<string?> list = new("LIST")
    {
        Description = "Which; all of them, without entries, unless told otherwise.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public GateListsShowCommand()
        : base(
            "show",
            "Show a list's entries with source, expiry and reason, or all lists.",
            new Example("./throughline gate lists show", "All lists and how many entries they have."),
            new Example("./throughline gate lists show blocked --json", "One list.")
        ) => Add(list);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Get(list) is not { } name)
            return await AllAsync(context, cancellation);
        using JsonDocument answer = await GateListsCommand.ReadAsync(context, name, cancellation);
        foreach (JsonElement entry in answer.RootElement.GetProperty("entries").EnumerateArray())
            context.Output.Line(
                $"{Text(entry, "value"), -40} {Text(entry, "source"), -16} {Text(entry, "expires"), -24} {Text(entry, "reason")}".TrimEnd()
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> AllAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/gate/lists", cancellation))!;
        foreach (JsonElement one in answer.RootElement.GetProperty("lists").EnumerateArray())
            context.Output.Line($"{Text(one, "name"), -32} {Text(one, "kind"), -10} {Text(one, "entries"), 10}");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : "";
}

/// <summary><c>gate lists export LIST</c>: the values alone, one a line, as <c>import</c> takes them.</summary>
internal sealed class GateListsExportCommand : CliCommand
{
    private readonly Argument<string> list = GateListsCommand.List();

    public GateListsExportCommand()
        : base(
            "export",
            "Print a list's values, one a line, as import takes them.",
            new Example("./throughline gate lists export blocked", "For a file under version control.")
        ) => Add(list);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using JsonDocument answer = await GateListsCommand.ReadAsync(context, context.Get(list)!, cancellation);
        string[] values =
        [
            .. answer
                .RootElement.GetProperty("entries")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("value").GetString()!)
                .Distinct(StringComparer.Ordinal),
        ];
        foreach (string value in values)
            context.Output.Line(value);
        context.Output.Result(new { list = context.Get(list), values });
        return ExitCode.Done;
    }
}
