using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>
/// A timestamp's parts on the calendar, at an offset from UTC. Computed from days, since a local time may lie in the year 0 or
/// 10,000, which .NET's types do not have.
/// </summary>
internal readonly record struct CivilTime(
    int Year,
    int Month,
    int Day,
    int DayOfYear,
    int DayOfWeek,
    int SecondOfDay,
    int Nanos
)
{
    public int Hour => SecondOfDay / 3600;
    public int Minute => SecondOfDay / 60 % 60;
    public int Second => SecondOfDay % 60;
    public int Millisecond => Nanos / 1_000_000;

    public static CivilTime Of(CelTimestamp time, int offsetSeconds)
    {
        long local = time.Seconds + offsetSeconds;
        long days = Math.DivRem(local, 86_400, out long second);
        if (second < 0)
        {
            days--;
            second += 86_400;
        }
        // Howard Hinnant's days-to-civil: years that begin in March, in eras of 400 years (146,097 days) from 0000-03-01.
        long fromEra = days + 719_468;
        long era = (fromEra >= 0 ? fromEra : fromEra - 146_096) / 146_097;
        int dayOfEra = (int)(fromEra - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayFromMarch + 2) / 153;
        int day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = (int)(yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int dayOfYear = month <= 2 ? dayFromMarch - 306 : dayFromMarch + 59 + (leap ? 1 : 0);
        int dayOfWeek = (int)(((days + 4) % 7 + 7) % 7); // 1970-01-01 was a Thursday
        return new(year, month, day, dayOfYear, dayOfWeek, (int)second, time.Nanos);
    }
}

/// <summary>Time zones by IANA name or fixed offset.</summary>
internal static class TimeZones
{
    public static bool TryOffset(string zone, CelTimestamp time, out int seconds)
    {
        if (zone is "" or "UTC" or "Z")
        {
            seconds = 0;
            return true;
        }
        if (Timestamps.TryParseOffset(zone, out seconds))
            return true;
        if (!IsName(zone) || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? info))
            return false;
        seconds = (int)info.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(time.Seconds)).TotalSeconds;
        return true;
    }

    // Names are looked up as files: nothing that could lead out of their folder is asked for.
    private static bool IsName(string zone) =>
        zone.Length <= 64
        && char.IsAsciiLetter(zone[0])
        && zone.All(x => char.IsAsciiLetterOrDigit(x) || x is '/' or '_' or '-' or '+');
}
