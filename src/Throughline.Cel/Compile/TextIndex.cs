using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Compile;

/// <summary>Equalities, prefixes, suffixes and literals inside of a text: look-ups, and one pass for all literals.</summary>
internal sealed class TextIndexBuilder<T>(ScalarSlot<T, string> slot) : FieldIndexBuilder<T>(slot)
{
    private readonly Dictionary<string, List<int>> equal = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> suffixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> inside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> insideAnyCase = new(StringComparer.Ordinal);
    private readonly List<int> anyCaseRules = [];

    protected override void Add(Atom<T> atom, int rule)
    {
        TextAtom<T> text = (TextAtom<T>)atom;
        Dictionary<string, List<int>> rules = text.Kind switch
        {
            TextAtomKind.Equal => equal,
            TextAtomKind.Prefix => prefixes,
            TextAtomKind.Suffix => suffixes,
            TextAtomKind.Inside => inside,
            _ => insideAnyCase,
        };
        Add(rules, text.Text, rule);
        if (text.Kind == TextAtomKind.InsideAnyCase)
            AddOnce(anyCaseRules, rule);
    }

    public override FieldIndex<T> Build() =>
        new TextIndex<T>(
            slot,
            Missing(),
            Frozen(equal),
            ByLength(prefixes),
            ByLength(suffixes),
            inside.Count == 0 ? null : new LiteralSearch(inside, anyCase: false),
            insideAnyCase.Count == 0 ? null : new LiteralSearch(insideAnyCase, anyCase: true),
            [.. anyCaseRules]
        );

    private static TextsOfLength[] ByLength(Dictionary<string, List<int>> rules) =>
        [.. rules.GroupBy(x => x.Key.Length).OrderBy(x => x.Key).Select(x => new TextsOfLength(x.Key, Frozen(x)))];

    private static FrozenDictionary<string, int[]> Frozen(IEnumerable<KeyValuePair<string, List<int>>> rules) =>
        rules.ToFrozenDictionary(x => x.Key, x => x.Value.ToArray(), StringComparer.Ordinal);
}

/// <summary>Prefixes or suffixes of one length: one look-up for all of them.</summary>
internal sealed class TextsOfLength(int length, FrozenDictionary<string, int[]> rules)
{
    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> lookup =
        rules.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Length => length;

    public bool TryFind(ReadOnlySpan<char> text, [NotNullWhen(true)] out int[]? found) =>
        lookup.TryGetValue(text, out found);
}

internal sealed class TextIndex<T>(
    ScalarSlot<T, string> slot,
    MissingRules<T>? missing,
    FrozenDictionary<string, int[]> equal,
    TextsOfLength[] prefixes,
    TextsOfLength[] suffixes,
    LiteralSearch? inside,
    LiteralSearch? insideAnyCase,
    int[] anyCaseRules
) : FieldIndex<T>
{
    // In patterns without case they stand for s and k, which a search for letters of ASCII does not know.
    private static readonly SearchValues<char> OtherCases = SearchValues.Create(['\u017F', '\u212A']);

    public override void Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        string? text = slot.Field(input);
        if (text is null)
        {
            missing?.Find(input, set, matches);
            return;
        }
        if (equal.Count > 0 && equal.TryGetValue(text, out int[]? rules))
            set.Hit(rules, input, matches);
        foreach (TextsOfLength prefix in prefixes)
        {
            if (prefix.Length > text.Length)
                break;
            if (prefix.TryFind(text.AsSpan(0, prefix.Length), out int[]? found))
                set.Hit(found, input, matches);
        }
        foreach (TextsOfLength suffix in suffixes)
        {
            if (suffix.Length > text.Length)
                break;
            if (suffix.TryFind(text.AsSpan(text.Length - suffix.Length), out int[]? found))
                set.Hit(found, input, matches);
        }
        inside?.Find(text, input, set, matches);
        if (insideAnyCase is null)
            return;
        if (text.AsSpan().ContainsAny(OtherCases))
            set.Suspect(anyCaseRules, input, matches);
        else
            insideAnyCase.Find(text, input, set, matches);
    }
}
