using System.Buffers.Text;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>The time of an access log, <c>10/Oct/2025:13:55:36 +0200</c>, always with English month names.</summary>
internal static class LogTime
{
    /// <summary>Whether the text looks like a time; whether it is one, <see cref="TryParse"/> says.</summary>
    public static bool HasForm(ReadOnlySpan<byte> text) =>
        text.Length == 26
        && text[2] == '/'
        && text[6] == '/'
        && text[11] == ':'
        && text[14] == ':'
        && text[17] == ':'
        && text[20] == ' '
        && text[21] is (byte)'+' or (byte)'-';

    /// <param name="time">Milliseconds since 1970-01-01T00:00:00Z.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (
            !HasForm(text)
            || !TryNumber(text[..2], out int day)
            || !TryMonth(text.Slice(3, 3), out int month)
            || !TryNumber(text.Slice(7, 4), out int year)
            || !TryNumber(text.Slice(12, 2), out int hour)
            || !TryNumber(text.Slice(15, 2), out int minute)
            || !TryNumber(text.Slice(18, 2), out int second)
            || !TryNumber(text.Slice(22, 2), out int zoneHours)
            || !TryNumber(text.Slice(24, 2), out int zoneMinutes)
        )
            return false;
        if (year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        if (zoneHours > 14 || zoneMinutes > 59)
            return false;
        long local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        long zone = (zoneHours * 60L + zoneMinutes) * TimeSpan.TicksPerMinute;
        long utc = text[21] == '-' ? local + zone : local - zone;
        time = (utc - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        return !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(text, out value, out _);
    }

    private static bool TryMonth(ReadOnlySpan<byte> text, out int month)
    {
        int at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(text);
        month = at / 3 + 1;
        return at >= 0 && at % 3 == 0;
    }
}
