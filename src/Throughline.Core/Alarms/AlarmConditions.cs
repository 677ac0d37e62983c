using System.Globalization;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Volume;

namespace Throughline.Core.Alarms;

/// <summary>Says in one form what the parts of the platform find wrong.</summary>
public static class AlarmConditions
{
    /// <summary>A list of a good bot's addresses alarms at this age: well before it makes no impostors any more.</summary>
    public const long BotListOldMs = GoodBots.ListValidMs / 2;

    private const double DayMs = 86_400_000;

    public static AlarmCondition Of(GuardAlarm alarm)
    {
        string guard = Explainer.Snake(alarm.Guard);
        return new(
            AlarmKinds.GraphGuard,
            alarm.Type is { } type ? $"{guard}/{type}" : guard,
            Rounded(alarm.Value),
            alarm.Max,
            Text(
                $"Identity: {guard}{(alarm.Type is { } of ? $" of {of}" : "")} is {alarm.Value:0.####}, more than {alarm.Max:0.####}."
            )
        );
    }

    public static AlarmCondition Of(VolumeAlarm alarm) =>
        new(
            AlarmKinds.VolumeDrop,
            Text($"{alarm.Name}/{alarm.Hours}h"),
            alarm.Count,
            Rounded(alarm.Least),
            Text(
                $"{alarm.Count} events of {alarm.Name} in the {alarm.Hours} h until {EventTime.ToText(alarm.Until)}, where {alarm.Expected:0.#} are usual."
            )
        );

    public static AlarmCondition Of(Silence silence) =>
        new(
            AlarmKinds.VolumeSilent,
            "all",
            0,
            Rounded(silence.Expected),
            Text(
                $"No event in the {silence.Hours} h until {EventTime.ToText(silence.Until)}, where {silence.Expected:0.#} are usual; the last one happened at {EventTime.ToText(silence.Last)}."
            )
        );

    public static AlarmCondition Of(NewName name) =>
        new(
            AlarmKinds.EventNew,
            name.Name,
            name.Count,
            null,
            Text(
                $"Events of the name {name.Name} come since {EventTime.ToText(name.First)}, {name.Count} so far; there were none before."
            )
        );

    /// <summary>What the brake did since a person published last.</summary>
    public static IEnumerable<AlarmCondition> OfBrakes(IReadOnlyList<GateVersion> versions) =>
        versions
            .Reverse()
            .TakeWhile(version => version.Brake is not null)
            .DistinctBy(version => version.Brake!.Rule)
            .Reverse()
            .Select(version => new AlarmCondition(
                AlarmKinds.Brake,
                version.Brake!.Rule,
                version.Brake.LowPercent,
                version.Brake.LimitPercent,
                $"The rule is in shadow since version {version.Version}. {version.Brake.Cause}."
            ));

    /// <summary>A list of addresses that nobody refreshed for long; null if it is young enough.</summary>
    /// <param name="importedAt">Milliseconds since 1970; null: it was never had.</param>
    /// <param name="since">From when on it could have been had.</param>
    public static AlarmCondition? OfBotList(string list, long? importedAt, long since, long now)
    {
        double age = now - (importedAt ?? since);
        return age <= BotListOldMs
            ? null
            : new(
                AlarmKinds.BotListOld,
                list,
                Rounded(age / DayMs),
                BotListOldMs / DayMs,
                importedAt is { } at
                    ? Text(
                        $"The list {list} of a good bot's addresses is of {EventTime.ToText(at)}; after {GoodBots.ListValidMs / DayMs:0} days it makes no impostors any more."
                    )
                    : Text($"The list {list} of a good bot's addresses was never had.")
            );
    }

    private static double Rounded(double value) => Math.Round(value, 4, MidpointRounding.ToEven);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
