using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Parts of timestamps, in UTC or a time zone, and of durations (specification, "Timezones").</summary>
internal static class StandardTime
{
    public static readonly Function[] Functions =
    [
        Part("getFullYear", "year", x => x.Year),
        Part("getMonth", "month", x => x.Month - 1),
        Part("getDate", "day_of_month_1_based", x => x.Day),
        Part("getDayOfMonth", "day_of_month", x => x.Day - 1),
        Part("getDayOfWeek", "day_of_week", x => x.DayOfWeek),
        Part("getDayOfYear", "day_of_year", x => x.DayOfYear),
        Part("getHours", "hours", x => x.Hour, x => x.Seconds / 3600),
        Part("getMinutes", "minutes", x => x.Minute, x => x.Seconds / 60),
        Part("getSeconds", "seconds", x => x.Second, x => x.Seconds),
        Part("getMilliseconds", "milliseconds", x => x.Millisecond, x => x.Nanos / 1_000_000),
    ];

    private static Function Part(
        string name,
        string id,
        Func<CivilTime, long> part,
        Func<CelDuration, long>? ofDuration = null
    )
    {
        Overload utc = Member(
            $"timestamp_to_{id}",
            [CelType.Timestamp],
            CelType.Int,
            x => Value.Of(part(CivilTime.Of(x[0].Timestamp(), 0)))
        );
        Overload local = Member(
            $"timestamp_to_{id}_with_tz",
            [CelType.Timestamp, CelType.String],
            CelType.Int,
            x =>
                TimeZones.TryOffset(x[1].String, x[0].Timestamp(), out int offset)
                    ? Value.Of(part(CivilTime.Of(x[0].Timestamp(), offset)))
                    : Value.Error($"unknown time zone: {ValueText.Quote(x[1].String)}")
        );
        return ofDuration is null
            ? Function(name, utc, local)
            : Function(
                name,
                utc,
                local,
                Member($"duration_to_{id}", [CelType.Duration], CelType.Int, x => Value.Of(ofDuration(x[0].Duration())))
            );
    }
}
