using System.Globalization;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>Amounts of memory as people write them: <c>512M</c>, <c>4G</c>, or bytes.</summary>
internal static class MemorySize
{
    /// <summary>The least that makes sense: pages and buffers of every thread take about as much beside it.</summary>
    public const long Least = 1 << 20;

    /// <summary>Half of what the process may have.</summary>
    public static long Usual => Math.Max(Least, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int shift =
            text.Length == 0
                ? 0
                : char.ToUpperInvariant(text[^1]) switch
                {
                    'K' => 10,
                    'M' => 20,
                    'G' => 30,
                    _ => 0,
                };
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return false;
        if (number > long.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return bytes >= Least;
    }
}
