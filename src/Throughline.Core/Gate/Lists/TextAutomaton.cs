namespace Throughline.Core.Gate.Lists;

/// <summary>Says whether a text that was found counts.</summary>
internal interface IFoundText
{
    bool Counts(string text);
}

/// <summary>
/// Finds any of many texts inside another in one pass, whatever the case (Aho, Corasick: "Efficient string matching"; case by the simple
/// upper case of each UTF-16 unit, as ordinal comparison without case has it). Immutable. The edges of all states are in one hash table.
/// </summary>
internal sealed class TextAutomaton
{
    private const int CharBits = 16;
    private const int StateBits = 24;
    private const int Ascii = 128;

    /// <summary>Characters of all texts together.</summary>
    public const int CharactersMax = (1 << StateBits) - 1;

    public static readonly TextAutomaton Empty = new([]);

    private readonly string[] texts;
    private readonly int[] fail;

    /// <summary>1 + the text that ends in a state, or 0.</summary>
    private readonly int[] ends;

    /// <summary>The longest other suffix of a state's text that ends one, or 0.</summary>
    private readonly int[] shorter;
    private readonly ulong[] edges;
    private readonly int[] fromRoot = new int[Ascii];

    /// <summary>Finds these texts.</summary>
    /// <param name="texts">Folded, different, not empty.</param>
    public TextAutomaton(string[] texts)
    {
        this.texts = texts;
        int states = 1 + texts.Sum(text => text.Length);
        edges = new ulong[Math.Max(8, states * 3 / 2)];
        fail = new int[states];
        ends = new int[states];
        shorter = new int[states];
        Fill();
    }

    public int Count => texts.Length;

    public IReadOnlyList<string> Texts => texts;

    public static char Fold(char c) =>
        c < Ascii
            ? (uint)(c - 'a') <= 'z' - 'a'
                ? (char)(c - 32)
                : c
            : char.ToUpperInvariant(c);

    public static string Fold(string text) => string.Create(text.Length, text, static (to, from) => Fold(from, to));

    /// <summary>The first text that is found and counts, or null.</summary>
    public string? Find<TFound>(ReadOnlySpan<char> text, TFound found)
        where TFound : struct, IFoundText, allows ref struct
    {
        if (texts.Length == 0)
            return null;
        int state = 0;
        foreach (char c in text)
        {
            state = Step(state, Fold(c));
            for (int at = ends[state] != 0 ? state : shorter[state]; at != 0; at = shorter[at])
                if (found.Counts(texts[ends[at] - 1]))
                    return texts[ends[at] - 1];
        }
        return null;
    }

    private int Step(int state, char c)
    {
        while (state != 0)
        {
            int next = Edge(state, c);
            if (next != 0)
                return next;
            state = fail[state];
        }
        return c < Ascii ? fromRoot[c] : Edge(0, c);
    }

    private void Fill()
    {
        // States are numbered by depth: a state's failure is done before the state.
        int[] at = new int[texts.Length];
        int states = 1;
        int longest = texts.Length == 0 ? 0 : texts.Max(text => text.Length);
        for (int depth = 0; depth < longest; depth++)
        {
            for (int i = 0; i < texts.Length; i++)
            {
                if (texts[i].Length <= depth)
                    continue;
                char c = texts[i][depth];
                int next = Edge(at[i], c);
                if (next == 0)
                {
                    next = states++;
                    AddEdge(at[i], c, next);
                    fail[next] = depth == 0 ? 0 : Step(fail[at[i]], c);
                    shorter[next] = ends[fail[next]] != 0 ? fail[next] : shorter[fail[next]];
                }
                at[i] = next;
                if (texts[i].Length == depth + 1)
                    ends[next] = i + 1;
            }
        }
    }

    private int Edge(int state, char c)
    {
        ulong wanted = (ulong)state << CharBits | c;
        for (int slot = First(wanted); edges[slot] != 0; slot = slot + 1 == edges.Length ? 0 : slot + 1)
            if (edges[slot] >> StateBits == wanted)
                return (int)(edges[slot] & ((1 << StateBits) - 1));
        return 0;
    }

    private void AddEdge(int state, char c, int to)
    {
        ulong key = (ulong)state << CharBits | c;
        int slot = First(key);
        while (edges[slot] != 0)
            slot = slot + 1 == edges.Length ? 0 : slot + 1;
        edges[slot] = key << StateBits | (uint)to;
        if (state == 0 && c < Ascii)
            fromRoot[c] = to;
    }

    private int First(ulong key) => (int)((key * 0x9e3779b97f4a7c15 >> 32) * (uint)edges.Length >> 32);

    private static void Fold(ReadOnlySpan<char> from, Span<char> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = Fold(from[i]);
    }
}
