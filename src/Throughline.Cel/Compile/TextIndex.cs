using System.Collections.Frozen;

namespace Throughline.Cel.Compile;

internal sealed class TextIndexBuilder<T>(ScalarSlot<T, string> slot) : FieldIndexBuilder<T>
{
    private readonly Dictionary<string, List<int>> equal = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> inside = new(StringComparer.Ordinal);

    public override void Add(Atom<T> atom, int rule)
    {
        TextAtom<T> text = (TextAtom<T>)atom;
        Dictionary<string, List<int>> rules = text.Kind switch
        {
            TextAtomKind.Equal => equal,
            TextAtomKind.Prefix => prefixes,
            _ => inside,
        };
        Add(rules, text.Text, rule);
    }

    public override FieldIndex<T> Build() =>
        new TextIndex<T>(
            slot,
            Frozen(equal),
            [
                .. prefixes
                    .GroupBy(x => x.Key.Length)
                    .OrderBy(x => x.Key)
                    .Select(x => new PrefixesOfLength(x.Key, Frozen(x))),
            ],
            inside.Count == 0 ? null : new LiteralSearch(inside)
        );

    private static FrozenDictionary<string, int[]> Frozen(IEnumerable<KeyValuePair<string, List<int>>> rules) =>
        rules.ToFrozenDictionary(x => x.Key, x => x.Value.ToArray(), StringComparer.Ordinal);
}

/// <summary>Prefixes of one length: one look-up for all of them.</summary>
internal sealed class PrefixesOfLength(int length, FrozenDictionary<string, int[]> rules)
{
    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> lookup =
        rules.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Length => length;

    public bool TryFind(string text, out int[]? found) => lookup.TryGetValue(text.AsSpan(0, length), out found);
}

internal sealed class TextIndex<T>(
    ScalarSlot<T, string> slot,
    FrozenDictionary<string, int[]> equal,
    PrefixesOfLength[] prefixes,
    LiteralSearch? inside
) : FieldIndex<T>
{
    public override void Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        string? text = slot.Field(input);
        if (text is null)
            return;
        if (equal.Count > 0 && equal.TryGetValue(text, out int[]? rules))
            set.Hit(rules, input, matches);
        foreach (PrefixesOfLength prefix in prefixes)
        {
            if (prefix.Length > text.Length)
                break;
            if (prefix.TryFind(text, out int[]? found))
                set.Hit(found!, input, matches);
        }
        inside?.Find(text, input, set, matches);
    }
}
