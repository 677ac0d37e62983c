using System.Buffers;

namespace Throughline.Cel.Regex;

/// <summary>
/// Finds where a match may begin, or that there is none, by vectorised search for the literals of a pattern. What it finds is
/// only a candidate, unless <see cref="Decides"/> says otherwise; what it rules out is ruled out.
/// </summary>
internal sealed class LiteralFinder
{
    private const int MaxFirst = 12;

    private readonly SearchValues<string>? _prefixes; // each match begins with one
    private readonly SearchValues<char>? _first; // each match begins with one
    private readonly SearchValues<string>? _inner; // each match holds one
    private readonly bool _ignoresCase;

    private LiteralFinder(LiteralSet? prefixes, string first, LiteralSet? inner)
    {
        _prefixes = Search(prefixes);
        _first = first.Length == 0 ? null : SearchValues.Create(first);
        _inner = Search(inner);
        Decides = prefixes is { IsWhole: true };
        _ignoresCase = FoldsBeyondAscii(prefixes) || FoldsBeyondAscii(inner);
        Bytes = 48 + BytesOf(prefixes) + BytesOf(inner) + (first.Length == 0 ? 0 : 64);
    }

    /// <summary>The finder for a pattern; null if it has no literals worth a search.</summary>
    public static LiteralFinder? Create(RegexNode root, RegexProgram program)
    {
        Literals literals = LiteralAnalysis.Of(root);
        LiteralSet? prefix = !program.OnlyAtBeginning && literals.Prefix is { MinLength: > 1 } p ? p : null;
        string first = prefix is null && !program.OnlyAtBeginning ? FirstCharacters(program) : "";
        // What a match begins with is looked for where it begins; then what follows may rule it out.
        LiteralSet? inner = prefix is null && !program.OnlyAtBeginning ? literals.Inner : literals.Rest;
        if (inner is not null && IsCommon(inner))
            inner = null;
        return prefix is null && first.Length == 0 && inner is null ? null : new LiteralFinder(prefix, first, inner);
    }

    /// <summary>Whether a candidate is a match for certain.</summary>
    public bool Decides { get; }

    /// <summary>Bytes held, about: how .NET keeps its search values is its own affair.</summary>
    public long Bytes { get; }

    /// <summary>Whether it may overlook a match in this text: where the long s or the Kelvin sign stands for s or k.</summary>
    public bool IsBlindTo(ReadOnlySpan<char> text) => _ignoresCase && text.ContainsAny('\u017F', '\u212A');

    /// <summary>False if there is no match for certain.</summary>
    public bool MayMatch(ReadOnlySpan<char> text) => _inner is null || text.ContainsAny(_inner);

    /// <summary>Where a match may begin at or after a place; -1 for nowhere.</summary>
    public int Next(ReadOnlySpan<char> text, int position)
    {
        int found;
        if (_prefixes is not null)
            found = text[position..].IndexOfAny(_prefixes);
        else if (_first is not null)
            found = text[position..].IndexOfAny(_first);
        else
            return position;
        return found < 0 ? -1 : position + found;
    }

    private static SearchValues<string>? Search(LiteralSet? set) =>
        set is null
            ? null
            : SearchValues.Create(
                [.. set.Items],
                set.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
            );

    private static long BytesOf(LiteralSet? set) =>
        set is null ? 0 : (set.Items.Count == 1 ? 200 : 1200) + set.Items.Sum(i => 100L + (2 * i.Length));

    private static bool FoldsBeyondAscii(LiteralSet? set) =>
        set is { IgnoresCase: true } && set.Items.Any(i => i.AsSpan().ContainsAny("skSK"));

    // A single letter or blank is in every text: to look for it is a waste.
    private static bool IsCommon(LiteralSet set) =>
        set.MinLength == 0 || set.Items.Any(i => i.Length == 1 && (char.IsAsciiLetter(i[0]) || i[0] == ' '));

    /// <summary>The characters that a match can begin with, if they are few and not those that most texts are made of.</summary>
    private static string FirstCharacters(RegexProgram program)
    {
        if (program.FirstClasses() is not { } taken)
            return "";
        var first = new List<char>();
        foreach ((int from, int to, int number) in program.Alphabet.Ranges())
        {
            if (!taken[number])
                continue;
            if (to - from >= MaxFirst || to > char.MaxValue || from is >= 0xD800 and < 0xE000)
                return "";
            for (int c = from; c <= to; c++)
                first.Add((char)c);
        }
        bool few = first.Count <= 3 || (first.Count <= MaxFirst && !first.Exists(c => char.IsAsciiLetterLower(c)));
        return few && !first.Contains(' ') ? new string([.. first]) : "";
    }
}
