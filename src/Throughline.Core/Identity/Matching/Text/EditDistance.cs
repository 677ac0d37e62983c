namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions, deletions, substitutions and swaps of
/// neighbours, each letter touched once. F. Damerau, 1964.
/// </summary>
internal static class EditDistance
{
    private const int LengthMax = 128;

    /// <summary>The distance, or <paramref name="limit"/> + 1 if it is greater than the limit.</summary>
    public static int Within(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit || a.Length > LengthMax || b.Length > LengthMax)
            return limit + 1;
        int width = b.Length + 1;
        Span<int> before = stackalloc int[width];
        Span<int> last = stackalloc int[width];
        Span<int> row = stackalloc int[width];
        for (int j = 0; j < width; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            int best = i;
            for (int j = 1; j < width; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int value = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    value = Math.Min(value, before[j - 2] + 1);
                row[j] = value;
                best = Math.Min(best, value);
            }
            if (best > limit)
                return limit + 1;
            Span<int> free = before;
            before = last;
            last = row;
            row = free;
        }
        return Math.Min(last[width - 1], limit + 1);
    }
}
