namespace Throughline.Cel.Regex;

/// <summary>Strings of which a piece of a match is one.</summary>
/// <param name="Items">The strings; without repetition.</param>
/// <param name="IgnoresCase">Letters stand for both cases.</param>
/// <param name="IsWhole">Whether each of the strings is a match: nothing else is asked of the text.</param>
internal sealed record LiteralSet(IReadOnlyList<string> Items, bool IgnoresCase, bool IsWhole)
{
    private const int MaxProduct = 16;
    private const int MaxUnion = 64;
    private const int MaxLength = 32;

    public static readonly LiteralSet EmptyString = new([""], IgnoresCase: false, IsWhole: true);

    public int MinLength { get; } = Items.Min(i => i.Length);

    private int Longest => Items.Max(i => i.Length);

    /// <summary>How much a search for it promises: long strings are rare, many of them less so.</summary>
    public int Worth => MinLength == 0 ? 0 : (4 * Math.Min(MinLength, 8)) - Math.Min(Items.Count / 8, 3);

    /// <summary>One of these followed by one of those; null if that is too much.</summary>
    public LiteralSet? Then(LiteralSet other)
    {
        if (Items.Count * other.Items.Count > MaxProduct || Longest + other.Longest > MaxLength)
            return null;
        if (Longest == 0)
            return other with { IsWhole = IsWhole && other.IsWhole };
        string[] items = [.. Items.SelectMany(_ => other.Items, string.Concat)];
        return Of(items, other);
    }

    /// <summary>One of these or one of those; null if that is too much.</summary>
    public LiteralSet? Or(LiteralSet other)
    {
        if (Items.Count + other.Items.Count > MaxUnion)
            return null;
        string[] items = [.. Items, .. other.Items];
        return Of(items, other);
    }

    private LiteralSet Of(string[] items, LiteralSet other)
    {
        bool ignoresCase = IgnoresCase || other.IgnoresCase;
        StringComparer comparer = ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        return new LiteralSet([.. items.Distinct(comparer)], ignoresCase, IsWhole && other.IsWhole && !ignoresCase);
    }
}
