using System.Globalization;

namespace Throughline.Core.Events;

/// <summary>Lengths of time as people write them, in documents of rules: each to milliseconds and back to the same text.</summary>
public static class DurationText
{
    private static readonly (string Unit, long Ms)[] Units =
    [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];

    /// <summary><c>30d</c>, <c>1h30m</c>, <c>10s</c>, <c>250ms</c>; <c>0</c> needs no unit.</summary>
    public static bool TryParse(string text, out long ms)
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

    /// <summary>In the largest unit that fits without rest.</summary>
    public static string Of(long ms)
    {
        foreach ((string unit, long size) in Units)
            if (ms != 0 && ms % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{ms / size}{unit}");
        return "0";
    }

    private static long? UnitOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, long ms) in Units)
            if (unit.SequenceEqual(name))
                return ms;
        return null;
    }
}
