using System.Text;

namespace Throughline.Cel.Compile;

/// <summary>
/// Finds many literals in one pass over a text (Aho and Corasick, 1975): a table of states by classes of characters; a negative
/// entry is the complement of a state in which literals end.
/// </summary>
internal sealed class LiteralSearch
{
    // Class 0 is that of all characters that no literal holds.
    private readonly ushort[] classes;
    private readonly int classCount;
    private readonly int[] table;
    private readonly int[][] hits;

    /// <summary>A search for literals, each with the rules that ask for it.</summary>
    /// <param name="literals">None of them empty.</param>
    /// <param name="anyCase">Letters of ASCII stand for both cases.</param>
    public LiteralSearch(IReadOnlyDictionary<string, List<int>> literals, bool anyCase)
    {
        if (anyCase)
            literals = InLowerCase(literals);
        char[] used = [.. literals.Keys.SelectMany(x => x).Distinct().Order()];
        classes = new ushort[used[^1] + 1];
        for (int i = 0; i < used.Length; i++)
            classes[used[i]] = (ushort)(i + 1);
        for (int c = 'A'; anyCase && c <= 'Z' && (c | 0x20) < classes.Length; c++)
            classes[c] = classes[c | 0x20];
        classCount = used.Length + 1;
        List<int[]> trie = [NewState()];
        List<List<int>?> ends = [null];
        foreach ((string literal, List<int> rules) in literals)
        {
            int state = 0;
            foreach (char c in literal)
            {
                int next = trie[state][classes[c]];
                if (next < 0)
                {
                    next = trie.Count;
                    trie[state][classes[c]] = next;
                    trie.Add(NewState());
                    ends.Add(null);
                }
                state = next;
            }
            ends[state] = [.. ends[state] ?? [], .. rules];
        }
        Link(trie, ends);
        hits = [.. ends.Select(x => x is null ? [] : x.Distinct().ToArray())];
        table = new int[trie.Count * classCount];
        for (int state = 0; state < trie.Count; state++)
        for (int c = 0; c < classCount; c++)
        {
            int next = trie[state][c];
            table[state * classCount + c] = hits[next].Length > 0 ? ~(next * classCount) : next * classCount;
        }
    }

    /// <summary>Reports the rules of all literals in the text.</summary>
    public void Find<T>(string text, T input, RuleSet<T> set, RuleMatches matches)
    {
        int row = 0;
        ushort[] of = classes;
        int[] next = table;
        foreach (char c in text)
        {
            row = next[row + (c < of.Length ? of[c] : 0)];
            if (row >= 0)
                continue;
            row = ~row;
            set.Hit(hits[row / classCount], input, matches);
        }
    }

    private static Dictionary<string, List<int>> InLowerCase(IReadOnlyDictionary<string, List<int>> literals)
    {
        Dictionary<string, List<int>> lower = new(StringComparer.Ordinal);
        foreach ((string literal, List<int> rules) in literals)
        {
            string key = string.Create(literal.Length, literal, static (to, from) => Ascii.ToLower(from, to, out _));
            lower[key] = lower.TryGetValue(key, out List<int>? others) ? [.. others, .. rules] : rules;
        }
        return lower;
    }

    private int[] NewState()
    {
        int[] state = new int[classCount];
        Array.Fill(state, -1);
        return state;
    }

    // Breadth first: where a state has no way on, that of its longest proper suffix is taken.
    private void Link(List<int[]> trie, List<List<int>?> ends)
    {
        int[] suffix = new int[trie.Count];
        Queue<int> open = new();
        for (int c = 0; c < classCount; c++)
        {
            if (trie[0][c] > 0)
                open.Enqueue(trie[0][c]);
            else
                trie[0][c] = 0;
        }
        while (open.TryDequeue(out int state))
        {
            if (ends[suffix[state]] is { } shorter)
                ends[state] = [.. ends[state] ?? [], .. shorter];
            for (int c = 0; c < classCount; c++)
            {
                int next = trie[state][c];
                int behind = trie[suffix[state]][c];
                if (next < 0)
                {
                    trie[state][c] = behind;
                    continue;
                }
                suffix[next] = behind;
                open.Enqueue(next);
            }
        }
    }
}
