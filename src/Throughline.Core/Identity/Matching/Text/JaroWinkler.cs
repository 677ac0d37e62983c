namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// Jaro-Winkler similarity: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of
/// Record Linkage", 1990. 0 (nothing in common) to 1 (equal); a common beginning of up to four letters counts more.
/// </summary>
internal static class JaroWinkler
{
    private const double PrefixScale = 0.1;
    private const int PrefixMax = 4;
    private const int LengthMax = 128;

    public static double Similarity(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return 1;
        if (a.Length == 0 || b.Length == 0 || a.Length > LengthMax || b.Length > LengthMax)
            return 0;
        // Which letters pair up depends on who is asked first: fix that.
        bool swap = a.Length > b.Length || (a.Length == b.Length && string.CompareOrdinal(a, b) > 0);
        double jaro = swap ? Jaro(b, a) : Jaro(a, b);
        int prefix = 0;
        while (prefix < PrefixMax && prefix < Math.Min(a.Length, b.Length) && a[prefix] == b[prefix])
            prefix++;
        return jaro + prefix * PrefixScale * (1 - jaro);
    }

    private static double Jaro(string a, string b)
    {
        int window = Math.Max(0, Math.Max(a.Length, b.Length) / 2 - 1);
        Span<bool> usedA = stackalloc bool[a.Length];
        Span<bool> usedB = stackalloc bool[b.Length];
        int common = 0;
        for (int i = 0; i < a.Length; i++)
        {
            int end = Math.Min(b.Length, i + window + 1);
            for (int j = Math.Max(0, i - window); j < end; j++)
            {
                if (usedB[j] || a[i] != b[j])
                    continue;
                usedA[i] = usedB[j] = true;
                common++;
                break;
            }
        }
        if (common == 0)
            return 0;
        int moved = 0;
        for (int i = 0, j = 0; i < a.Length; i++)
        {
            if (!usedA[i])
                continue;
            while (!usedB[j])
                j++;
            if (a[i] != b[j++])
                moved++;
        }
        double m = common;
        return (m / a.Length + m / b.Length + (m - moved / 2) / m) / 3;
    }
}
