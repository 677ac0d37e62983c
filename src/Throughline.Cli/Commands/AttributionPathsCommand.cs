using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution paths</c>: which ways led to conversions, and which to none.</summary>
internal sealed class AttributionPathsCommand : CliCommand
{
    private readonly Option<string> by = new("--by")
    {
        Description = "What a step is named by: campaign, channel or kind (of touch).",
        HelpName = "WHAT",
        DefaultValueFactory = _ => "channel",
    };

    private readonly Option<string?> from = TimeOption.From("30 days before --to unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("The end of the last event's day unless told otherwise.");

    private readonly Option<string?> kind = new("--conversion-kind")
    {
        Description = "Only conversions of this kind.",
        HelpName = "KIND",
    };

    private readonly Option<bool> collapse = new("--collapse")
    {
        Description = "Equal steps that follow one another are one.",
    };

    private readonly Option<int> length = new("--length")
    {
        Description = "So many steps of a path, the last ones.",
        HelpName = "N",
        DefaultValueFactory = _ => PathOptions.LengthUsual,
    };

    private readonly Option<int> top = new("--top")
    {
        Description = "So many paths are listed.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    public AttributionPathsCommand()
        : base(
            "paths",
            "List the ways that customers took to their conversions, or to none, and how long it took them.",
            new Example("./throughline attribution paths --tenant shop --collapse", "By channel, repeats as one step."),
            new Example(
                "./throughline attribution paths --by campaign --length 3 --top 100 --json",
                "The last three campaigns."
            )
        )
    {
        by.AcceptOnlyFromAmong("campaign", "channel", "kind");
        foreach (Option option in (Option[])[by, from, to, kind, collapse, length, top])
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        string parameters = Parameters.Of(
            ("by", context.Get(by)),
            ("from", context.Get(from)),
            ("to", context.Get(to)),
            ("conversion", context.Get(kind)),
            ("collapse", context.Get(collapse) ? "true" : null),
            ("length", context.Get(length).ToString(CultureInfo.InvariantCulture)),
            ("top", context.Get(top).ToString(CultureInfo.InvariantCulture))
        );
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Following paths",
            null,
            HttpMethod.Get,
            $"v1/attribution/paths{parameters}",
            default,
            cancellation
        );
        PathReport report = answer.Deserialize<PathReport>(JsonSerializerOptions.Web)!;
        foreach (PathRow path in report.Paths)
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path.Conversions, 8:N0} conversions {path.NotConverting, 8:N0} without  {(path.Cut ? "... > " : "")}{string.Join(CountedPath.Separator, path.Steps.Select(step => step.Length == 0 ? "(none)" : step))}"
                )
            );
        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Conversions:N0} conversions with a path, {report.WithoutPath:N0} without, {report.NotConverting:N0} customers who did not convert; {report.DistinctPaths:N0} different paths."
            )
        );
        Print(context, "first touch", report.FromFirstTouch);
        Print(context, "last touch", report.FromLastTouch);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }

    private static void Print(CommandContext context, string what, TimeToConvert time)
    {
        if (time.MedianMs is not null)
            context.Output.Line(
                $"From the {what}: half within {Length(time.MedianMs)}, nine of ten within {Length(time.P90Ms)}, all within {Length(time.MaxMs)}."
            );
    }

    private static string Length(long? ms) =>
        TimeSpan.FromMilliseconds(ms ?? 0).ToString(@"d\d\ hh\:mm\:ss", CultureInfo.InvariantCulture);
}
