namespace Throughline.Core.Events;

/// <summary>What came of reading a time.</summary>
public enum TimeStatus : byte
{
    Ok = 0,

    /// <summary>Not RFC 3339 with an offset, or no such day or hour.</summary>
    Malformed,

    /// <summary>Before 1990-01-01 or not before 2200-01-01, UTC.</summary>
    OutOfRange,
}

/// <summary>
/// Times of events: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
/// </summary>
public static class EventTime
{
    /// <summary>1990-01-01T00:00:00Z, the first time accepted.</summary>
    public const long Min = 631_152_000_000;

    /// <summary>2200-01-01T00:00:00Z, the first time no longer accepted.</summary>
    public const long End = 7_258_118_400_000;

    /// <summary>Bytes of the text that <see cref="Write"/> writes.</summary>
    public const int TextSize = 24;

    private const long DayMs = 86_400_000;

    /// <summary>
    /// Reads RFC 3339 text: <c>2026-06-01T14:00:00.123+02:00</c>; the offset is required, <c>T</c> and <c>Z</c> may be small.
    /// A fraction may have any number of digits; those beyond milliseconds are cut off, not rounded, so that a time never moves
    /// into the next second. A leap second (<c>23:59:60</c> UTC at the end of June or December) is stored as the last millisecond
    /// before midnight; any other second 60 is malformed.
    /// </summary>
    public static TimeStatus TryParse(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (
            text.Length < 20
            || !Number(text[..4], out int year)
            || text[4] != '-'
            || !Number(text[5..7], out int month)
            || text[7] != '-'
            || !Number(text[8..10], out int day)
            || (text[10] | 0x20) != 't'
            || !Number(text[11..13], out int hour)
            || text[13] != ':'
            || !Number(text[14..16], out int minute)
            || text[16] != ':'
            || !Number(text[17..19], out int second)
        )
            return TimeStatus.Malformed;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return TimeStatus.Malformed;
        if (hour > 23 || minute > 59 || second > 60)
            return TimeStatus.Malformed;
        if (!Fraction(text[19..], out int milliseconds, out ReadOnlySpan<byte> zone) || !Offset(zone, out int offset))
            return TimeStatus.Malformed;

        long days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        long minutes = hour * 60 + minute - offset;
        time = days * DayMs + minutes * 60_000;
        if (second < 60)
            time += second * 1000 + milliseconds;
        else if (IsLeapMinute(time))
            time += 59_999;
        else
            return TimeStatus.Malformed;
        return IsInRange(time) ? TimeStatus.Ok : TimeStatus.OutOfRange;
    }

    /// <summary>True from 1990-01-01 until before 2200-01-01, UTC.</summary>
    public static bool IsInRange(long time) => time is >= Min and < End;

    /// <summary>Writes RFC 3339 text in UTC with milliseconds: <c>2026-06-01T12:00:00.123Z</c>, always 24 bytes.</summary>
    public static int Write(long time, Span<byte> target)
    {
        DateTime utc = DateTime.UnixEpoch.AddMilliseconds(time);
        Digits(target, 0, 4, utc.Year);
        Digits(target, 5, 2, utc.Month);
        Digits(target, 8, 2, utc.Day);
        Digits(target, 11, 2, utc.Hour);
        Digits(target, 14, 2, utc.Minute);
        Digits(target, 17, 2, utc.Second);
        Digits(target, 20, 3, utc.Millisecond);
        target[4] = target[7] = (byte)'-';
        target[10] = (byte)'T';
        target[13] = target[16] = (byte)':';
        target[19] = (byte)'.';
        target[23] = (byte)'Z';
        return TextSize;
    }

    /// <summary>The text that <see cref="Write"/> writes.</summary>
    public static string ToText(long time)
    {
        Span<byte> text = stackalloc byte[TextSize];
        Write(time, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    private static bool IsLeapMinute(long minuteStart)
    {
        DateTime next = DateTime.UnixEpoch.AddMilliseconds(minuteStart + 60_000);
        return next is { Day: 1, Hour: 0, Minute: 0, Month: 1 or 7 };
    }

    private static bool Fraction(ReadOnlySpan<byte> text, out int milliseconds, out ReadOnlySpan<byte> rest)
    {
        milliseconds = 0;
        rest = text;
        if (text[0] != '.')
            return true;
        int end = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end <= 0)
            return false;
        for (int i = 1; i <= 3; i++)
            milliseconds = milliseconds * 10 + (i <= end ? text[i] - '0' : 0);
        rest = text[(1 + end)..];
        return true;
    }

    private static bool Offset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return (text[0] | 0x20) == 'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        if (!Number(text[1..3], out int hour) || !Number(text[4..6], out int minute) || hour > 23 || minute > 59)
            return false;
        minutes = (text[0] == '-' ? -1 : 1) * (hour * 60 + minute);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + (digit - '0');
        }
        return true;
    }

    private static void Digits(Span<byte> target, int start, int count, int value)
    {
        for (int i = start + count - 1; i >= start; i--, value /= 10)
            target[i] = (byte)('0' + value % 10);
    }
}
