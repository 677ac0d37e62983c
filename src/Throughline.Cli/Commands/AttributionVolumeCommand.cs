using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution volume</c>: how many events of each name came, and which came less than usual.</summary>
internal sealed class AttributionVolumeCommand : CliCommand
{
    private readonly Option<string?> from = TimeOption.From("30 days before --to unless told otherwise.");
    private readonly Option<string?> to = TimeOption.To("The end of the last event's day unless told otherwise.");

    private readonly Option<string> step = new("--step")
    {
        Description = "hour or day.",
        HelpName = "STEP",
        DefaultValueFactory = _ => "day",
    };

    private readonly Option<string?> name = new("--name")
    {
        Description = "Only events of this name: click, webinar_signup, conversion/purchase.",
        HelpName = "NAME",
    };

    public AttributionVolumeCommand()
        : base(
            "volume",
            "Count events by name and hour or day, and say which come less than is usual at their hour of the week.",
            new Example("./throughline attribution volume --tenant shop", "All names, the last 30 days.")
        )
    {
        step.AcceptOnlyFromAmong("hour", "day");
        foreach (Option option in (Option[])[from, to, step, name])
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (
            await service
                .For(context.Tenant)
                .GetAsync(
                    $"v1/events/volume{Parameters.Of(("from", context.Get(from)), ("to", context.Get(to)), ("step", context.Get(step)), ("name", context.Get(name)))}",
                    cancellation
                )
        )!;
        foreach (JsonElement found in answer.RootElement.GetProperty("names").EnumerateArray())
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found.GetProperty("name").GetString(), -32} {found.GetProperty("volume").EnumerateArray().Sum(x => x.GetProperty("events").GetInt64()), 12:N0} events, {found.GetProperty("total").GetInt64():N0} ever since {found.GetProperty("firstHour").GetString()}{(found.GetProperty("isNew").GetBoolean() ? ", new" : "")}"
                )
            );
        foreach (JsonElement alarm in answer.RootElement.GetProperty("alarms").EnumerateArray())
            context.Output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ALARM {alarm.GetProperty("name").GetString()}: {alarm.GetProperty("count").GetInt64():N0} in the {alarm.GetProperty("hours").GetInt32()} h until {alarm.GetProperty("until").GetString()}, where {alarm.GetProperty("expected").GetDouble():N0} are usual."
                )
            );
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
