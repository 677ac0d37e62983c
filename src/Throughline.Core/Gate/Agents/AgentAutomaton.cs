using System.Runtime.CompilerServices;

namespace Throughline.Core.Gate.Agents;

/// <summary>
/// All patterns as one automaton (Aho and Corasick, 1975), folded to lower case: one table look-up for each character of the text, however
/// many patterns there are. Immutable.
/// </summary>
internal sealed class AgentAutomaton
{
    private const int Characters = 128;

    private readonly byte[] classes = new byte[Characters]; // 0: in no pattern
    private readonly int width;
    private readonly ushort[] next; // state * width + class -> state
    private readonly int[] first; // state -> place in outputs, 0: none
    private readonly (AgentPattern Pattern, int Next)[] outputs;

    public AgentAutomaton(IReadOnlyList<AgentPattern> patterns)
    {
        width = Classify(patterns);
        List<int[]> tree = [Node()];
        List<int> ends = [0];
        List<(AgentPattern, int)> found = [default];
        foreach (AgentPattern pattern in patterns)
        {
            int state = 0;
            foreach (char character in pattern.Text)
            {
                ref int child = ref tree[state][classes[character]];
                if (child == 0)
                {
                    child = tree.Count;
                    tree.Add(Node());
                    ends.Add(0);
                }
                state = child;
            }
            found.Add((pattern, ends[state]));
            ends[state] = found.Count - 1;
        }
        outputs = [.. found];
        first = [.. ends];
        next = new ushort[tree.Count * width];
        Link(tree);
    }

    /// <summary>States: a measure of its size, 2 bytes for each state and class of characters.</summary>
    public int States => first.Length;

    /// <summary>Steps from a state over a character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Step(int state, char character) =>
        next[state * width + (character < Characters ? classes[character] : 0)];

    /// <summary>Where the patterns that end in a state begin; 0: there are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Outputs(int state) => first[state];

    /// <summary>One of the patterns, and where to go on; 0: it was the last.</summary>
    public AgentPattern Output(int at, out int following)
    {
        following = outputs[at].Next;
        return outputs[at].Pattern;
    }

    private int[] Node() => new int[width];

    private int Classify(IReadOnlyList<AgentPattern> patterns)
    {
        int count = 1;
        foreach (AgentPattern pattern in patterns)
        foreach (char character in pattern.Text)
            if (classes[character] == 0)
                classes[character] = (byte)count++;
        for (char upper = 'A'; upper <= 'Z'; upper++)
            classes[upper] = classes[char.ToLowerInvariant(upper)];
        return count;
    }

    // Breadth first: a state's fallback (the longest proper suffix that is a state) is complete before the state itself.
    private void Link(List<int[]> tree)
    {
        if (tree.Count > ushort.MaxValue)
            throw new InvalidOperationException("Too many patterns for states of 16 bits.");
        int[] fallback = new int[tree.Count];
        Queue<int> waiting = new([0]);
        while (waiting.TryDequeue(out int state))
            for (int c = 0; c < width; c++)
            {
                int fall = state == 0 ? 0 : next[fallback[state] * width + c];
                int child = tree[state][c];
                next[state * width + c] = (ushort)(child != 0 ? child : fall);
                if (child == 0)
                    continue;
                fallback[child] = fall;
                Append(child, first[fall]);
                waiting.Enqueue(child);
            }
    }

    // The patterns of the suffix follow the state's own; chains are shared.
    private void Append(int state, int more)
    {
        if (first[state] == 0)
        {
            first[state] = more;
            return;
        }
        int last = first[state];
        while (outputs[last].Next != 0)
            last = outputs[last].Next;
        outputs[last].Next = more;
    }
}
