using System.Globalization;

namespace Throughline.Server.Edge.Rules;

/// <summary>How durations, instants and shares are written for people, and read back: each to the value and again to the text.</summary>
internal static class YamlForms
{
    private static readonly (string Unit, long Ms)[] Units =
    [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];

    /// <summary><c>1h30m</c>, <c>10s</c>, <c>250ms</c>; <c>0</c> needs no unit.</summary>
    public static bool TryDuration(string text, out long ms)
    {
        ms = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest is "0")
            return true;
        bool any = false;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(rest[..digits], CultureInfo.InvariantCulture, out long number))
                return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAnyExceptInRange('a', 'z');
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            if (UnitOf(unit) is not { } size || number > long.MaxValue / 2 / size - ms / size)
                return false;
            ms += number * size;
            any = true;
        }
        return any;
    }

    public static string Duration(long ms)
    {
        foreach ((string unit, long size) in Units)
            if (ms != 0 && ms % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{ms / size}{unit}");
        return "0";
    }

    /// <summary><c>2026-12-31</c> (as that day begins in UTC) or <c>2026-12-31T18:30:00Z</c>, with or without milliseconds.</summary>
    public static bool TryInstant(string text, out long ms)
    {
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];
        bool ok = DateTimeOffset.TryParseExact(
            text,
            forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset instant
        );
        ms = ok ? instant.ToUnixTimeMilliseconds() : 0;
        return ok;
    }

    public static string Instant(long ms)
    {
        DateTimeOffset instant = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        string form =
            ms % 86_400_000 == 0 ? "yyyy-MM-dd"
            : ms % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return instant.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary><c>5%</c>, <c>0.5%</c>.</summary>
    public static bool TryPercent(string text, out double percent)
    {
        percent = 0;
        return text.EndsWith('%')
            && double.TryParse(
                text.AsSpan(0, text.Length - 1).Trim(),
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out percent
            );
    }

    public static string Percent(double percent) => percent.ToString("R", CultureInfo.InvariantCulture) + "%";

    private static long? UnitOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, long ms) in Units)
            if (unit.SequenceEqual(name))
                return ms;
        return null;
    }
}
