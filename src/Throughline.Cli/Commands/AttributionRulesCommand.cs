using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution rules</c>: versions of a tenant's attribution rules.</summary>
internal static class AttributionRulesCommand
{
    private const string Rules = "rules";

    public static GroupCommand Create() =>
        new(
            "rules",
            "Check, publish and list attribution rules.",
            new AttributionRulesShowCommand(),
            new AttributionRulesPublishCommand(),
            new AttributionRulesListCommand()
        );

    public static Argument<string> File() =>
        new("FILE") { Description = "A document of rules, or one rule: YAML or JSON." };

    /// <summary>The text of a file, and the document that it holds.</summary>
    /// <exception cref="CommandException">The file cannot be read, or is not valid; the message names the places.</exception>
    public static (string Text, AttributionDocument Document) Open(string path)
    {
        string text = DocumentFile.ReadText(path, Rules);
        // The service knows which weight tables were published before.
        return
            AttributionRuleFile.Read(text, path, out IReadOnlyList<YamlIssue> issues, knows: _ => true) is { } document
            ? (text, document)
            : throw DocumentFile.Invalid(Rules, issues);
    }

    /// <summary>One line about what became of a rule that was to be published, or only checked.</summary>
    public static string LineOfPublication(JsonElement rule) =>
        $"{rule.GetProperty("campaign").GetString(), -24} {rule.GetProperty("conversion").GetString(), -12} "
        + (
            rule.TryGetProperty("version", out JsonElement version) && version.ValueKind == JsonValueKind.Number
                ? $"has version {version.GetInt32()} now"
                : "is valid"
        );

    /// <summary>One line about a rule.</summary>
    public static string LineOf(AttributionRule rule)
    {
        string windows = string.Join(
            ", ",
            rule.Windows.Select(x => $"{x.Key} {(x.Value.WithinMs < 0 ? "none" : DurationText.Of(x.Value.WithinMs))}")
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{rule.Campaign, -24} {rule.Conversion, -12} version {rule.Version}, {JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.Model.Kind.ToString())}, group {rule.Group}, windows {windows}"
        );
    }
}

/// <summary><c>attribution rules show FILE</c>: what a file says, once it is checked.</summary>
internal sealed class AttributionRulesShowCommand : CliCommand
{
    private readonly Argument<string> file = AttributionRulesCommand.File();

    public AttributionRulesShowCommand()
        : base(
            "show",
            "Check a file of attribution rules and say what it holds; nothing is published.",
            new Example(
                "./throughline attribution rules show rules.yaml",
                "One line a rule, or what is wrong and where."
            )
        ) => Add(file);

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        (_, AttributionDocument document) = AttributionRulesCommand.Open(context.Get(file)!);
        foreach (AttributionRule rule in document.Rules)
            context.Output.Line(AttributionRulesCommand.LineOf(rule));
        context.Output.Result(
            JsonSerializer.SerializeToElement(
                new
                {
                    rules = document.Rules.Select(AttributionRuleText.Write),
                    weightTables = document.Tables.Select(WeightTableJson.Write),
                }
            )
        );
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary><c>attribution rules publish FILE</c>.</summary>
internal sealed class AttributionRulesPublishCommand : CliCommand
{
    private readonly Argument<string> file = AttributionRulesCommand.File();
    private readonly Option<string> author = PublicationOptions.Author();
    private readonly Option<string?> note = PublicationOptions.Note();
    private readonly Option<bool> check = PublicationOptions.Check();

    public AttributionRulesPublishCommand()
        : base(
            "publish",
            "Publish each rule of a file as the next version for its campaign and kind of conversion.",
            new Example(
                "./throughline attribution rules publish rules.yaml --author ada --check",
                "Would the service take it?"
            )
        )
    {
        Add(file);
        Add(author);
        Add(note);
        Add(check);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        (string text, AttributionDocument _) = AttributionRulesCommand.Open(context.Get(file)!);
        string parameters = Parameters.Of(
            ("author", context.Get(author)),
            ("note", context.Get(note)),
            ("check", context.Get(check) ? "true" : null)
        );
        await using ServiceConnection service = await ServiceConnection.OpenNewTenantAsync(context, cancellation);
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(
                HttpMethod.Put,
                $"v1/attribution/rules{parameters}",
                Encoding.UTF8.GetBytes(text),
                cancellation,
                "application/yaml"
            );
        foreach (JsonElement rule in answer.RootElement.GetProperty("rules").EnumerateArray())
            context.Output.Line(AttributionRulesCommand.LineOfPublication(rule));
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>attribution rules list</c>.</summary>
internal sealed class AttributionRulesListCommand()
    : CliCommand(
        "list",
        "List a tenant's attribution rules with all their versions.",
        new Example("./throughline attribution rules list --tenant shop", "One line a version.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/attribution/rules", cancellation))!;
        foreach (JsonElement version in answer.RootElement.GetProperty("rules").EnumerateArray())
            if (AttributionRuleJson.Read(version.GetProperty("rule"), out _) is { } rule)
                context.Output.Line(
                    $"{AttributionRulesCommand.LineOf(rule)}, published {version.GetProperty("published").GetString()}"
                );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
