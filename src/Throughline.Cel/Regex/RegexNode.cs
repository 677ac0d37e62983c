namespace Throughline.Cel.Regex;

/// <summary>What is asserted of a place between two code points.</summary>
internal enum Assertion
{
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NotWordBoundary,
}

/// <summary>A node of a parsed pattern.</summary>
/// <param name="Size">How many instructions it takes, repetitions written out.</param>
/// <param name="Counts">The largest product of nested counts below and including it.</param>
/// <param name="CanBeEmpty">Whether it can match without consuming anything.</param>
internal abstract record RegexNode(long Size, long Counts, bool CanBeEmpty)
{
    public static readonly RegexNode Nothing = new Empty();

    /// <summary>Matches the empty string.</summary>
    public sealed record Empty() : RegexNode(0, 1, true);

    /// <summary>One code point of a set. A set of one code point, or of one and its case variants, is a literal; an empty one
    /// never matches.</summary>
    public sealed record OneOf(CodePointSet Set) : RegexNode(1, 1, false);

    public sealed record Assert(Assertion Kind) : RegexNode(1, 1, true);

    public sealed record Concat(IReadOnlyList<RegexNode> Items)
        : RegexNode(Items.Sum(i => i.Size), Items.Max(i => i.Counts), Items.All(i => i.CanBeEmpty));

    /// <summary>The first alternative that leads to a match wins.</summary>
    public sealed record Alternate(IReadOnlyList<RegexNode> Branches)
        : RegexNode(
            Branches.Sum(b => b.Size) + Branches.Count - 1,
            Branches.Max(b => b.Counts),
            Branches.Any(b => b.CanBeEmpty)
        );

    /// <summary>The item from Min to Max times.</summary>
    /// <param name="Max">-1 for no upper bound.</param>
    public sealed record Repeat(RegexNode Item, int Min, int Max, bool Greedy)
        : RegexNode(
            ((Item.Size + 1) * Math.Max(1, Math.Max(Min, Max))) + 1,
            Item.Counts * Math.Max(1, Max < 0 ? Min : Max),
            Min == 0 || Item.CanBeEmpty
        );

    /// <summary>A group whose match is noted.</summary>
    /// <param name="Index">From 1.</param>
    public sealed record Capture(RegexNode Item, int Index) : RegexNode(Item.Size + 2, Item.Counts, Item.CanBeEmpty);
}
