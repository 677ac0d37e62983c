using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate rules</c>: versions of a tenant's rules.</summary>
internal static class GateRulesCommand
{
    public static GroupCommand Create() =>
        new(
            "rules",
            "Publish, show, compare and roll back a tenant's rules.",
            new GateRulesPublishCommand(),
            new GateRulesShowCommand(),
            new GateRulesVersionsCommand(),
            new GateRulesDiffCommand(),
            new GateRulesRollbackCommand(),
            new GateRulesApproveCommand()
        );

    /// <summary>Who does it; the user of this machine unless told otherwise.</summary>
    public static long VersionOf(JsonElement published) =>
        published.GetProperty("publication").GetProperty("version").GetInt64();
}

/// <summary><c>gate rules publish FILE</c>.</summary>
internal sealed class GateRulesPublishCommand : CliCommand
{
    private readonly Argument<string> file = new("FILE")
    {
        Description = "A rule file with all that it includes, or default for the pack of the product.",
    };

    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    private readonly Option<long?> from = new("--base")
    {
        Description = "The version that the file was made from: refused if another is the latest by now.",
        HelpName = "VERSION",
    };

    private readonly Option<bool> confirm = new("--confirm")
    {
        Description = "Also if a rule matches much of the recent traffic.",
    };

    private readonly Option<bool> propose = new("--propose")
    {
        Description = "Only propose it: another than the author approves it then.",
    };

    public GateRulesPublishCommand()
        : base(
            "publish",
            "Publish a rule file as the next version: in force when the command ends.",
            new Example(
                "./throughline gate rules publish default --note \"to begin with\"",
                "The pack that comes with the product."
            ),
            new Example(
                "./throughline gate rules publish rules.yaml --author ann --base 3 --json",
                "On top of version 3, or not at all."
            )
        )
    {
        Add(file);
        Add(author);
        Add(note);
        Add(from);
        Add(confirm);
        Add(propose);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        byte[] rules = GateJson.Write(RuleFiles.Open(context.Get(file)!).Document);
        string parameters = Parameters.Of(
            ("author", context.Get(author)),
            ("note", context.Get(note)),
            ("base", context.Get(from)?.ToString(CultureInfo.InvariantCulture)),
            ("confirm", context.Get(confirm) ? "true" : null)
        );
        bool proposes = context.Get(propose);
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(
                proposes ? HttpMethod.Post : HttpMethod.Put,
                $"v1/gate/rules{(proposes ? "/proposals" : "")}{parameters}",
                rules,
                cancellation
            );
        context.Output.Line(
            proposes
                ? $"Proposal {answer.RootElement.GetProperty("proposal").GetInt64()} waits for approval."
                : $"Version {GateRulesCommand.VersionOf(answer.RootElement)} is in force."
        );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>gate rules show</c>: a version as YAML.</summary>
internal sealed class GateRulesShowCommand : CliCommand
{
    private readonly Option<long?> version = new("--version")
    {
        Description = "Which; the latest unless told otherwise.",
        HelpName = "VERSION",
    };

    public GateRulesShowCommand()
        : base(
            "show",
            "Print a version of the rules as YAML that can be published again.",
            new Example("./throughline gate rules show", "What is in force."),
            new Example("./throughline gate rules show --version 3 --json", "An older one, as JSON.")
        ) => Add(version);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string which = context.Get(version) is { } asked
            ? string.Create(CultureInfo.InvariantCulture, $"?version={asked}")
            : "";
        using JsonDocument? answer = await service.For(context.Tenant).GetAsync($"v1/gate/rules{which}", cancellation);
        if (answer is null)
            throw CommandException.BadInput("not_found", $"Tenant {context.Tenant} has no such version of rules.");
        byte[] rules = JsonSerializer.SerializeToUtf8Bytes(answer.RootElement.GetProperty("rules"));
        // As comments, so that the text can still be published.
        foreach (JsonElement brake in answer.RootElement.GetProperty("brakes").EnumerateArray())
            context.Output.Line(
                $"# The brake returned {brake.GetProperty("rule")} to shadow (version {brake.GetProperty("version")}, {brake.GetProperty("published")}): {brake.GetProperty("cause")}"
            );
        context.Output.Line(GateYamlWriter.Write(GateJson.Read(rules, out _)!).TrimEnd('\n'));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>gate rules versions</c>.</summary>
internal sealed class GateRulesVersionsCommand()
    : CliCommand(
        "versions",
        "List all versions of the rules, the latest first.",
        new Example("./throughline gate rules versions", "Who published what, when and why.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service.For(context.Tenant).GetAsync("v1/gate/rules/versions", cancellation)
        )!;
        foreach (JsonElement version in answer.RootElement.GetProperty("versions").EnumerateArray())
            context.Output.Line(
                $"{version.GetProperty("version").GetInt64(), 6}  {version.GetProperty("published").GetString()}  "
                    + $"{Text(version, "author"), -16} {Text(version, "note")}"
                    + (Text(version, "restores") is { Length: > 0 } old ? $" (version {old} again)" : "")
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : "";
}

/// <summary><c>gate rules diff</c>.</summary>
internal sealed class GateRulesDiffCommand : CliCommand
{
    private readonly Option<long?> from = new("--from")
    {
        Description = "The older version; the one before --to unless told otherwise.",
        HelpName = "VERSION",
    };

    private readonly Option<long?> to = new("--to")
    {
        Description = "The newer version; the latest unless told otherwise.",
        HelpName = "VERSION",
    };

    public GateRulesDiffCommand()
        : base(
            "diff",
            "Show what differs between two versions, member by member.",
            new Example("./throughline gate rules diff", "What the latest version changed."),
            new Example("./throughline gate rules diff --from 3 --to 7 --json", "Between any two.")
        )
    {
        Add(from);
        Add(to);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        List<string> parameters = [];
        if (context.Get(from) is { } since)
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"from={since}"));
        if (context.Get(to) is { } until)
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"to={until}"));
        using JsonDocument? answer = await service
            .For(context.Tenant)
            .GetAsync($"v1/gate/rules/diff?{string.Join('&', parameters)}", cancellation);
        if (answer is null)
            throw CommandException.BadInput("not_found", $"Tenant {context.Tenant} has no such versions of rules.");
        foreach (JsonElement part in answer.RootElement.GetProperty("differences").EnumerateArray())
        {
            context.Output.Line(
                $"{part.GetProperty("change").GetString()} {part.GetProperty("part").GetString()} {part.GetProperty("id").GetString()}"
            );
            foreach (JsonElement member in part.GetProperty("members").EnumerateArray())
                context.Output.Line(
                    $"  {member.GetProperty("member").GetString()}: {Value(member, "from")} -> {Value(member, "to")}"
                );
        }
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static string Value(JsonElement member, string name) =>
        member.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.GetRawText()
            : "(none)";
}

/// <summary><c>gate rules rollback</c>.</summary>
internal sealed class GateRulesRollbackCommand : CliCommand
{
    private readonly Argument<int?> version = new("VERSION")
    {
        Description = "Which; the one before the latest unless told otherwise.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();

    public GateRulesRollbackCommand()
        : base(
            "rollback",
            "Publish an older version again: in force when the command ends.",
            new Example("./throughline gate rules rollback --note \"denied customers\"", "Undo the latest version."),
            new Example("./throughline gate rules rollback 3 --json", "Back to version 3.")
        )
    {
        Add(version);
        Add(author);
        Add(note);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new() { ["author"] = context.Get(author)! };
        if (context.Get(version) is { } asked)
            body["version"] = asked;
        if (context.Get(note) is { } why)
            body["note"] = why;
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Post,
                "v1/gate/rules/rollback",
                JsonSerializer.SerializeToUtf8Bytes(body),
                cancellation
            );
        JsonElement publication = answer.RootElement.GetProperty("publication");
        context.Output.Line(
            $"Version {publication.GetProperty("version").GetInt64()} is in force: it is version {publication.GetProperty("restores").GetInt64()} again."
        );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>gate rules approve NUMBER</c>.</summary>
internal sealed class GateRulesApproveCommand : CliCommand
{
    private readonly Argument<long> number = new("PROPOSAL") { Description = "The proposal's number." };
    private readonly Option<string> author = PublicationOptions.Author();

    private readonly Option<bool> confirm = new("--confirm")
    {
        Description = "Also if a rule matches much of the recent traffic.",
    };

    public GateRulesApproveCommand()
        : base(
            "approve",
            "Approve a proposal of somebody else: it is published then.",
            new Example("./throughline gate rules approve 2 --author bob", "In force when the command ends.")
        )
    {
        Add(number);
        Add(author);
        Add(confirm);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Post,
                string.Create(CultureInfo.InvariantCulture, $"v1/gate/rules/proposals/{context.Get(number)}/approve"),
                JsonSerializer.SerializeToUtf8Bytes(
                    new { author = context.Get(author), confirm = context.Get(confirm) }
                ),
                cancellation
            );
        context.Output.Line($"Version {GateRulesCommand.VersionOf(answer.RootElement)} is in force.");
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
