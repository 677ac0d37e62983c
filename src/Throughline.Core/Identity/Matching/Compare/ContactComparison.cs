using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>Compares e-mail addresses, phone numbers, numbers of documents and plain traits.</summary>
internal static class ContactComparison
{
    private const int Differ = 3;
    private const int EmailLocal = 1;
    private const int EmailClose = 2;
    private const int EmailSimilar = 3;
    private const int EmailDiffer = 4;
    private const int EmailMin = 10;
    private const int LocalMin = 5;
    private const int PhoneWhole = 9;
    private const int PhoneCompared = 10;

    /// <summary>
    /// exact, local (another domain), close (up to two letters wrong), similar (as close, but other digits: often another person of the
    /// same name), differ.
    /// </summary>
    public static int EmailLevel(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return 0;
        bool near = Math.Min(a.Length, b.Length) >= EmailMin && EditDistance.Within(a, b, 2) <= 2;
        if (near && SameDigits(a, b))
            return EmailClose;
        ReadOnlySpan<char> localA = a.AsSpan(0, a.LastIndexOf('@'));
        ReadOnlySpan<char> localB = b.AsSpan(0, b.LastIndexOf('@'));
        return localA.Length >= LocalMin && localA.SequenceEqual(localB) ? EmailLocal
            : near ? EmailSimilar
            : EmailDiffer;
    }

    /// <summary>
    /// Whether two addresses agree in no more than namesakes' do, if they are made of the name: the same letters with other digits, or
    /// letters alone at another domain.
    /// </summary>
    public static bool FollowsFromName(int level, string a) =>
        level == EmailSimilar || (level == EmailLocal && !a.AsSpan(0, a.LastIndexOf('@')).ContainsAnyInRange('0', '9'));

    private static bool SameDigits(string a, string b) =>
        a.Where(char.IsAsciiDigit).SequenceEqual(b.Where(char.IsAsciiDigit));

    /// <summary>
    /// exact (the last ten digits, or nine where a number has no more: country codes fall away), tail (one is the last seven digits
    /// of the other), near (one digit wrong), differ.
    /// </summary>
    public static int PhoneLevel(string a, string b)
    {
        int shorter = Math.Min(a.Length, b.Length);
        string tailA = a[^Math.Min(shorter, PhoneCompared)..];
        string tailB = b[^Math.Min(shorter, PhoneCompared)..];
        if (string.Equals(tailA, tailB, StringComparison.Ordinal))
            return shorter >= PhoneWhole || a.Length == b.Length ? 0 : 1;
        return shorter >= PhoneWhole && EditDistance.Within(tailA, tailB, 1) <= 1 ? 2 : Differ;
    }

    /// <summary>exact, tail (one is the last four of the other), near (one character wrong), differ.</summary>
    public static int NumberLevel(string a, string b)
    {
        int shorter = Math.Min(a.Length, b.Length);
        if (string.Equals(a, b, StringComparison.Ordinal))
            return shorter > 4 ? 0 : 1;
        if (shorter == 4 && (a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal)))
            return 1;
        return shorter >= 6 && EditDistance.Within(a, b, 1) <= 1 ? 2 : Differ;
    }

    /// <summary>exact, similar, differ.</summary>
    public static int TraitLevel(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
            return 0;
        bool within =
            Math.Min(a.Length, b.Length) >= 5
            && (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal));
        return within || JaroWinkler.Similarity(a, b) >= 0.9 ? 1 : 2;
    }
}
