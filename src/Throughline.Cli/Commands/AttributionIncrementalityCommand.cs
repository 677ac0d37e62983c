using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.Attribution;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Incrementality;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution incrementality</c>: what campaigns caused, by their declared hold-outs.</summary>
internal sealed class AttributionIncrementalityCommand : CliCommand
{
    private readonly Option<string?> from = TimeOption.From(
        "Of declarations; 90 days before --to unless told otherwise."
    );

    private readonly Option<string?> to = TimeOption.To("Now unless told otherwise.");

    private readonly Option<string?> window = new("--window")
    {
        Description = "So long after their declaration conversions of a customer count; 30d unless told otherwise.",
        HelpName = "LENGTH",
    };

    private readonly Option<string?> campaign = new("--campaign")
    {
        Description = "Only this campaign.",
        HelpName = "ID",
    };

    public AttributionIncrementalityCommand()
        : base(
            "incrementality",
            "Tell what campaigns caused, by hold-outs that their sender declared, beside what rules credit to them.",
            new Example(
                "./throughline attribution incrementality --tenant shop",
                "All campaigns with declarations of the last 90 days."
            ),
            new Example(
                "./throughline attribution incrementality --campaign summer --window 14d --json",
                "One campaign, conversions of two weeks, as JSON."
            )
        )
    {
        foreach (Option option in new Option[] { from, to, window, campaign })
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string parameters = Parameters.Of(
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("window", context.Get(window)),
            ("campaign", context.Get(campaign))
        );
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Reading",
            null,
            HttpMethod.Get,
            $"v1/attribution/incrementality{parameters}",
            default,
            cancellation
        );
        IncrementalityText.Print(context.Output, answer.Deserialize<IncrementalityReport>(JsonSerializerOptions.Web)!);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
