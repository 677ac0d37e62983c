using System.Globalization;

namespace Throughline.Cel.Values;

/// <summary>Spans of time: range checks, text and arithmetic, with nanoseconds (specification, "Durations").</summary>
public static class Durations
{
    /// <summary>A span, or an error if it is out of range. Parts of any size and sign are brought to one sign.</summary>
    public static Value Create(long seconds, long nanos) => Create((Int128)seconds * Timestamps.NanosPerSecond + nanos);

    /// <summary>The sum, or an error if it is out of range.</summary>
    public static Value Add(CelDuration a, CelDuration b) => Create(Nanos(a) + Nanos(b));

    /// <summary>The difference, or an error if it is out of range.</summary>
    public static Value Subtract(CelDuration a, CelDuration b) => Create(Nanos(a) - Nanos(b));

    /// <summary>The span back, or an error if it is out of range.</summary>
    public static Value Negate(CelDuration span) => Create(-Nanos(span));

    /// <summary>
    /// A span as <c>-1h30m2.5s</c>: numbers with units h, m, s, ms, us, ns; null if it is not that.
    /// </summary>
    public static Value? Parse(ReadOnlySpan<char> text)
    {
        bool negative = text.StartsWith("-");
        if (negative || text.StartsWith("+"))
            text = text[1..];
        if (text is "0")
            return Create(0, 0);
        if (text.IsEmpty)
            return null;
        Int128 sum = 0;
        while (!text.IsEmpty)
        {
            if (!Part(ref text, out Int128 nanos))
                return null;
            sum += nanos;
            if (sum > Largest + 1)
                return Create(Largest + 1);
        }
        return Create(negative ? -sum : sum);
    }

    /// <summary>Seconds with as many decimals as it needs: <c>3600s</c>, <c>-1.5s</c>.</summary>
    public static string Text(CelDuration span)
    {
        string sign = span.Seconds < 0 || span.Nanos < 0 ? "-" : "";
        string seconds = Math.Abs(span.Seconds).ToString(CultureInfo.InvariantCulture);
        return $"{sign}{seconds}{Timestamps.Decimals(span.Nanos)}s";
    }

    private static Int128 Largest => (Int128)CelDuration.MaxSeconds * Timestamps.NanosPerSecond;

    private static Int128 Nanos(CelDuration span) => (Int128)span.Seconds * Timestamps.NanosPerSecond + span.Nanos;

    private static Value Create(Int128 nanos) =>
        nanos > Largest || nanos < -Largest
            ? Value.Error("duration out of range: at most 315,576,000,000 seconds")
            : Value.Of(
                new CelDuration((long)(nanos / Timestamps.NanosPerSecond), (int)(nanos % Timestamps.NanosPerSecond))
            );

    // One number with its unit, in nanoseconds; what is below a nanosecond is dropped.
    private static bool Part(ref ReadOnlySpan<char> text, out Int128 nanos)
    {
        nanos = 0;
        int digits = 0;
        Int128 number = 0;
        Int128 scale = 1;
        bool point = false;
        int i = 0;
        for (; i < text.Length && (char.IsAsciiDigit(text[i]) || (text[i] == '.' && !point)); i++)
        {
            if (text[i] == '.')
            {
                point = true;
                continue;
            }
            digits++;
            // Beyond these, more digits cannot matter: too large, or too small a fraction.
            if (point ? scale >= 1_000_000_000_000_000 : number > Largest)
                continue;
            number = number * 10 + (text[i] - '0');
            scale *= point ? 10 : 1;
        }
        text = text[i..];
        if (digits == 0 || !Unit(ref text, out long unit))
            return false;
        nanos = number * unit / scale;
        return true;
    }

    private static bool Unit(ref ReadOnlySpan<char> text, out long nanos)
    {
        int length = text.StartsWith("ms") || text.StartsWith("us") || text.StartsWith("ns") ? 2 : 1;
        length = text.StartsWith("µs") || text.StartsWith("μs") ? 2 : length;
        nanos =
            text.Length < length
                ? 0
                : text[..length] switch
                {
                    "h" => 3_600_000_000_000,
                    "m" => 60_000_000_000,
                    "s" => 1_000_000_000,
                    "ms" => 1_000_000,
                    "us" or "µs" or "μs" => 1_000,
                    "ns" => 1,
                    _ => 0,
                };
        text = text[Math.Min(length, text.Length)..];
        return nanos != 0;
    }
}
