using System.Globalization;

namespace Throughline.Cel.Values;

/// <summary>Instants: range checks, RFC 3339 text and arithmetic, with nanoseconds (specification, "Timestamps").</summary>
public static class Timestamps
{
    internal const int NanosPerSecond = 1_000_000_000;

    /// <summary>An instant, or an error if it is out of range. Nanoseconds of any size and sign are carried over.</summary>
    public static Value Create(long seconds, long nanos)
    {
        (seconds, nanos) = Carry(seconds, nanos);
        return seconds is < CelTimestamp.MinSeconds or > CelTimestamp.MaxSeconds
            ? Value.Error("timestamp out of range: year 1 to 9999")
            : Value.Of(new CelTimestamp(seconds, (int)nanos));
    }

    /// <summary>The time so much later, or an error if it is out of range.</summary>
    public static Value Add(CelTimestamp time, CelDuration span) =>
        Create(time.Seconds + span.Seconds, (long)time.Nanos + span.Nanos);

    /// <summary>The time so much earlier, or an error if it is out of range.</summary>
    public static Value Subtract(CelTimestamp time, CelDuration span) =>
        Create(time.Seconds - span.Seconds, (long)time.Nanos - span.Nanos);

    /// <summary>
    /// The time between. An error if it has more nanoseconds than an int holds (292 years): the official suite asks it, though
    /// durations themselves may be longer.
    /// </summary>
    public static Value Subtract(CelTimestamp a, CelTimestamp b)
    {
        Int128 nanos = ((Int128)a.Seconds - b.Seconds) * NanosPerSecond + a.Nanos - b.Nanos;
        return nanos < long.MinValue || nanos > long.MaxValue
            ? Value.Error("duration out of range: more than 292 years between the timestamps")
            : Durations.Create(0, (long)nanos);
    }

    /// <summary>RFC 3339: <c>2009-02-13T23:31:30.5+01:00</c>; null if it is not that. Digits after the ninth are dropped.</summary>
    public static Value? Parse(ReadOnlySpan<char> text)
    {
        if (
            text.Length < 20
            || !Digits(text[..4], out int year)
            || text[4] != '-'
            || !Digits(text[5..7], out int month)
            || text[7] != '-'
            || !Digits(text[8..10], out int day)
            || text[10] != 'T'
            || !Digits(text[11..13], out int hour)
            || text[13] != ':'
            || !Digits(text[14..16], out int minute)
            || text[16] != ':'
            || !Digits(text[17..19], out int second)
        )
            return null;
        ReadOnlySpan<char> rest = text[19..];
        if (!Fraction(ref rest, out int nanos) || !Offset(rest, out int offset))
            return null;
        if (month is < 1 or > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
            return null;
        if (year == 0)
            return Value.Error("timestamp out of range: year 1 to 9999");
        if (day > DateTime.DaysInMonth(year, month))
            return null;
        long seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return Create(seconds - offset, nanos);
    }

    /// <summary>RFC 3339 in UTC, with as many decimals as it needs.</summary>
    public static string Text(CelTimestamp time)
    {
        DateTimeOffset whole = DateTimeOffset.FromUnixTimeSeconds(time.Seconds);
        string text = whole.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{text}{Decimals(time.Nanos)}Z";
    }

    /// <summary>Seconds from UTC of an offset as <c>+11:00</c>, <c>-02:30</c> or <c>02:00</c>.</summary>
    public static bool TryParseOffset(ReadOnlySpan<char> text, out int seconds)
    {
        int sign = text.StartsWith("-") ? -1 : 1;
        if (text.StartsWith("-") || text.StartsWith("+"))
            text = text[1..];
        seconds = 0;
        if (
            text.Length != 5
            || text[2] != ':'
            || !Digits(text[..2], out int hours)
            || !Digits(text[3..], out int minutes)
        )
            return false;
        seconds = sign * (hours * 3600 + minutes * 60);
        return hours < 24 && minutes < 60;
    }

    internal static string Decimals(int nanos) =>
        nanos == 0 ? "" : "." + Math.Abs(nanos).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');

    // Nanoseconds are never negative: they are counted from the second before.
    private static (long Seconds, long Nanos) Carry(long seconds, long nanos)
    {
        (long carry, nanos) = Math.DivRem(nanos, NanosPerSecond);
        if (nanos < 0)
        {
            carry--;
            nanos += NanosPerSecond;
        }
        // Far out of range already when it would overflow.
        Int128 sum = (Int128)seconds + carry;
        return ((long)Int128.Clamp(sum, long.MinValue, long.MaxValue), nanos);
    }

    private static bool Fraction(ref ReadOnlySpan<char> text, out int nanos)
    {
        nanos = 0;
        if (!text.StartsWith("."))
            return true;
        int length = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (length <= 0)
            return false;
        for (int i = 1; i <= 9; i++)
            nanos = nanos * 10 + (i <= length ? text[i] - '0' : 0);
        text = text[(length + 1)..];
        return true;
    }

    private static bool Offset(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        return text is "Z" || (text.Length == 6 && TryParseOffset(text, out seconds));
    }

    private static bool Digits(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
