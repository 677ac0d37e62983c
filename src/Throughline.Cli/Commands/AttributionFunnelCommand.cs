using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution funnel</c>: how many customers went how far.</summary>
internal sealed class AttributionFunnelCommand : CliCommand
{
    private readonly Option<string> steps = new("--steps")
    {
        Description = "Names in their order, with commas: kinds of touches, or conversion/KIND.",
        HelpName = "NAMES",
        Required = true,
    };

    private readonly Option<string> within = new("--within")
    {
        Description = "How long after the first step the others may come.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "30d",
    };

    private readonly Option<string?> from = TimeOption.From(
        "Of first steps; 30 days before --to unless told otherwise."
    );
    private readonly Option<string?> to = TimeOption.To("The end of the last event's day unless told otherwise.");

    public AttributionFunnelCommand()
        : base(
            "funnel",
            "Count how many customers went how far through some steps.",
            new Example(
                "./throughline attribution funnel --steps impression,click,conversion/purchase --within 7d --tenant shop",
                "From an advertisement to a sale within a week."
            )
        )
    {
        foreach (Option option in (Option[])[steps, within, from, to])
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service
                .For(context.Tenant)
                .GetAsync(
                    $"v1/events/funnel{Parameters.Of(("steps", context.Get(steps)), ("within", context.Get(within)), ("from", context.Get(from)), ("to", context.Get(to)))}",
                    cancellation
                )
        )!;
        FunnelReport report = answer.Deserialize<FunnelReport>(JsonSerializerOptions.Web)!;
        foreach (FunnelStep step in report.Steps)
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{step.Name, -32} {step.Customers, 12:N0} customers{(step.OfFirst is { } share ? $", {share * 100:0.##} % of the first, {step.OfPrevious * 100:0.##} % of the step before" : "")}"
                )
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
