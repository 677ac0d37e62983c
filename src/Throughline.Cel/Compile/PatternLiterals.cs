using Throughline.Cel.Regex;

namespace Throughline.Cel.Compile;

/// <summary>Tests of a text with literals of which every match of a pattern holds one.</summary>
internal static class PatternLiterals
{
    // Shorter ones are in most texts.
    private const int MinLength = 2;

    /// <summary>The tests; null if the pattern has no such literals, or none worth a search.</summary>
    public static IReadOnlyList<Atom<T>>? Of<T>(Re2 pattern, ScalarSlot<T, string> slot)
    {
        if (pattern.Required() is not { } literals || literals.MinLength < MinLength)
            return null;
        // What no text can spell, patterns find as U+FFFD.
        if (literals.Items.Any(x => x.Contains('\uFFFD')))
            return null;
        TextAtomKind kind = literals.IgnoresCase ? TextAtomKind.InsideAnyCase : TextAtomKind.Inside;
        return [.. literals.Items.Select(x => new TextAtom<T>(slot, kind, x))];
    }
}
