using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Reports;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate impact</c>: what rules cost and saved in conversions.</summary>
internal sealed class GateImpactCommand : CliCommand
{
    private readonly Option<string?> from = TimeOption.From("Of decisions; 7 days before --to unless told otherwise.");

    private readonly Option<string?> to = TimeOption.To("Now unless told otherwise.");

    private readonly Option<string?> window = new("--window")
    {
        Description = "So long after a hit a conversion counts as its: 12h, 7d; 7d unless told otherwise.",
        HelpName = "LENGTH",
    };

    private readonly Option<string?> rule = new("--rule") { Description = "Only this rule.", HelpName = "ID" };

    private readonly Option<string?> rules = new("--rules")
    {
        Description =
            "Try these rules (a YAML or JSON file, or default) on the stored decisions, instead of telling what was recorded.",
        HelpName = "FILE",
    };

    private readonly Option<bool> noCredit = new("--no-credit")
    {
        Description = "Leave out which credit would move between campaigns.",
    };

    public GateImpactCommand()
        : base(
            "impact",
            "Tell what rules cost and saved in conversions; of rules with a hold-out the cost of blocking, with an interval.",
            new Example("./throughline gate impact --tenant shop", "All rules, the last 7 days."),
            new Example(
                "./throughline gate impact --rules draft.yaml --rule fast --from 2026-06-01T00:00:00Z --to 2026-06-08T00:00:00Z --json",
                "One rule of a draft on a week of stored decisions, as JSON."
            )
        )
    {
        foreach (Option option in new Option[] { from, to, window, rule, rules, noCredit })
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        byte[] body = context.Get(rules) is { } file
            ? JsonSerializer.SerializeToUtf8Bytes(new { rules = GateJson.ToElement(RuleFiles.Open(file).Document) })
            : [];
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string parameters = Parameters.Of(
            ("credit", context.Get(noCredit) ? "false" : "true"),
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("window", context.Get(window)),
            ("rule", context.Get(rule))
        );
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Reading",
            null,
            body.Length == 0 ? HttpMethod.Get : HttpMethod.Post,
            $"v1/gate/impact{parameters}",
            body,
            cancellation
        );
        ImpactText.Print(context.Output, answer.Deserialize<ImpactReport>(JsonSerializerOptions.Web)!);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
