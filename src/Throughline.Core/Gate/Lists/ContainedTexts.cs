namespace Throughline.Core.Gate.Lists;

/// <summary>
/// The automata of a list of contained texts: a large one, and a small one of what came since, so that one more text does not make
/// everything anew. Texts stay in them when their entries go (who asks looks whether a text still counts) until the next large one.
/// One writes, many read.
/// </summary>
internal sealed class ContainedTexts
{
    private const int SmallMax = 64;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> added = [];
    private long characters;
    private Pair automata = new(TextAutomaton.Empty, TextAutomaton.Empty);

    public string? Find<TFound>(ReadOnlySpan<char> text, TFound found)
        where TFound : struct, IFoundText, allows ref struct
    {
        Pair now = Volatile.Read(ref automata);
        return now.Large.Find(text, found) ?? now.Small.Find(text, found);
    }

    /// <summary>Takes a text, to be found after <see cref="Publish"/>; false if that would be too many characters.</summary>
    public bool TryAdd(string text)
    {
        string folded = TextAutomaton.Fold(text);
        if (known.Contains(folded))
            return true;
        if (characters + folded.Length > TextAutomaton.CharactersMax)
            return false;
        known.Add(folded);
        added.Add(folded);
        characters += folded.Length;
        return true;
    }

    /// <summary>Makes what was taken findable.</summary>
    /// <param name="isUsed">Whether a text has entries.</param>
    public void Publish(Func<string, bool> isUsed)
    {
        if (added.Count == 0)
            return;
        Pair now = automata;
        string[] small = [.. now.Small.Texts, .. added];
        if (small.Length <= SmallMax)
        {
            Volatile.Write(ref automata, new(now.Large, new(small)));
        }
        else
        {
            string[] all = [.. now.Large.Texts.Concat(small).Where(isUsed)];
            Volatile.Write(ref automata, new(new(all), TextAutomaton.Empty));
            known.Clear();
            known.UnionWith(all);
            characters = all.Sum(text => (long)text.Length);
        }
        added.Clear();
    }

    private sealed record Pair(TextAutomaton Large, TextAutomaton Small);
}
