using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary>Two identifiers of a command line, as <c>type:value</c>.</summary>
internal static class IdentifierPair
{
    public static Argument<string> End(string name) =>
        new(name) { Description = "An identifier as type:value, such as email:anna@example.com." };

    public static object Read(string text)
    {
        (string type, string value) = Parts(text);
        return new { type, value };
    }

    public static (string Type, string Value) Parts(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 && colon < text.Length - 1
            ? (text[..colon], text[(colon + 1)..])
            : throw CommandException.BadInput(
                "bad_identifier",
                $"'{text}' is no identifier: write type:value, such as device:abc"
            );
    }
}

/// <summary><c>identity link A B</c> and <c>identity separate A B</c>: an operator's word.</summary>
internal sealed class IdentityPairCommand : CliCommand
{
    private readonly Argument<string> a = IdentifierPair.End("A");
    private readonly Argument<string> b = IdentifierPair.End("B");
    private readonly Option<string> reason = new("--reason")
    {
        Description = "Why; kept with the statement.",
        HelpName = "TEXT",
    };
    private readonly Option<bool> preview = new("--preview")
    {
        Description = "Only tell what would follow: links that lose, customers and credit that move.",
    };
    private readonly Option<bool> revoke = new("--revoke") { Description = "Take the statement back." };
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly string address;

    private IdentityPairCommand(string name, string address, string description, params Example[] examples)
        : base(name, description, examples)
    {
        this.address = address;
        Add(a);
        Add(b);
        Add(reason);
        Add(revoke);
        Add(preview);
        Add(author);
        Validators.Add(result =>
        {
            if (result.GetResult(reason) is null && !result.GetValue(preview))
                result.AddError("--reason is required (but for --preview).");
        });
    }

    public static IdentityPairCommand Link() =>
        new(
            "link",
            "v1/identity/links",
            "Say that two identifiers are one customer's, whatever was seen.",
            new Example(
                "./throughline identity link user:4711 email:anna@example.com --reason \"called us\"",
                "It comes before all links of events."
            )
        );

    public static IdentityPairCommand Separate() =>
        new(
            "separate",
            "v1/identity/separations",
            "Say that two identifiers are never one customer's, whatever will be seen.",
            new Example(
                "./throughline identity separate user:4711 device:tablet-9 --reason \"a shared tablet\"",
                "The links that lose are derived; --revoke brings everything back."
            ),
            new Example(
                "./throughline identity separate user:4711 device:tablet-9 --preview",
                "Which links lose, which customers and how much credit would move; nothing is changed."
            )
        );

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object?> said = new()
        {
            ["a"] = IdentifierPair.Read(context.Get(a)!),
            ["b"] = IdentifierPair.Read(context.Get(b)!),
            ["holds"] = !context.Get(revoke),
        };
        bool isPreview = context.Get(preview);
        if (!isPreview)
            (said["reason"], said["author"]) = (context.Get(reason), context.Get(author));
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(said);
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        if (isPreview)
        {
            using JsonDocument told = await service
                .For(context.Tenant)
                .SendAsync(HttpMethod.Post, $"{address}/preview", body, cancellation);
            PreviewText.Print(context.Output, told.RootElement);
            context.Output.Result(told.RootElement);
            return ExitCode.Done;
        }
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Put, address, body, cancellation);
        context.Output.Line(context.Get(revoke) ? "Taken back." : "It holds from now on.");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>identity why A B</c>.</summary>
internal sealed class IdentityWhyCommand : CliCommand
{
    private readonly Argument<string> a = IdentifierPair.End("A");
    private readonly Argument<string> b = IdentifierPair.End("B");

    public IdentityWhyCommand()
        : base(
            "why",
            "Tell why two identifiers are one customer: the path of evidence; or why not: the guard.",
            new Example(
                "./throughline identity why user:4711 cookie:c-81",
                "A sentence, and the links with their events."
            )
        )
    {
        Add(a);
        Add(b);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new { a = IdentifierPair.Read(context.Get(a)!), b = IdentifierPair.Read(context.Get(b)!) }
        );
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Post, "v1/identity/why", body, cancellation);
        context.Output.Line(answer.RootElement.GetProperty("sentence").GetString()!);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>identity health</c>.</summary>
internal sealed class IdentityHealthCommand()
    : CliCommand(
        "health",
        "Show sizes of customers, values shared by too many, limits hit, and which guards alarm.",
        new Example(
            "./throughline identity health --json",
            "What tells of a graph that is about to collapse; status 1 if a guard alarms."
        )
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/identity/health", cancellation))!;
        foreach (JsonProperty member in answer.RootElement.EnumerateObject().Where(member => member.Name != "alarms"))
            context.Output.Line($"{member.Name, -18} {member.Value}");
        JsonElement alarms = answer.RootElement.GetProperty("alarms");
        foreach (JsonElement alarm in alarms.EnumerateArray())
            context.Output.Line(
                $"ALARM {alarm.GetProperty("guard")}{(alarm.TryGetProperty("type", out JsonElement type) ? $" {type}" : "")}: "
                    + $"{alarm.GetProperty("value")}, above {alarm.GetProperty("max")}"
            );
        context.Output.Result(answer.RootElement);
        return alarms.GetArrayLength() == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
