namespace Throughline.Cel.Check;

/// <summary>The known name that a user may have meant.</summary>
public static class Suggestion
{
    /// <summary><c>; did you mean 'request'?</c>, or nothing if no known name is near.</summary>
    public static string For(string written, IEnumerable<string> known)
    {
        string? best = null;
        // One slip in three characters is still near; a name of one or two characters has none.
        int limit = Math.Min(3, written.Length / 3) + 1;
        foreach (string name in known.Order(StringComparer.Ordinal))
        {
            int distance = Distance(written, name, limit);
            if (distance >= limit)
                continue;
            limit = distance;
            best = name;
        }
        return best is null ? "" : $"; did you mean '{best}'?";
    }

    // Insertions, deletions, replacements and swaps of neighbours; at the limit it does not matter how many more.
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
            return limit;
        if (string.Equals(a, b, StringComparison.OrdinalIgnoreCase))
            return 0;
        int[] before = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }
            if (least >= limit)
                return limit;
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }
}
