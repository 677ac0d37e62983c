namespace Throughline.Core.Gate.Lists;

/// <summary>
/// Who says so: each source of entries has a number, and its entries count only while the number is shown. A source is replaced by
/// filling a new, hidden number and then showing that one and hiding the old in one step.
/// </summary>
internal sealed class ListSources
{
    private readonly Dictionary<string, int> current = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly List<int> counts = [];
    private readonly Stack<int> free = new();
    private bool[] shown = [];

    /// <summary>By number; taken once for a whole look-up.</summary>
    public bool[] Shown => Volatile.Read(ref shown);

    public string NameOf(int source) => names[source];

    /// <summary>The number of a source whose entries count.</summary>
    public int Current(string name)
    {
        if (current.TryGetValue(name, out int source))
            return source;
        source = Hidden(name);
        Show(name, source);
        return source;
    }

    /// <summary>The number of a known source, or -1.</summary>
    public int Find(string name) => current.GetValueOrDefault(name, -1);

    /// <summary>A new number whose entries do not count yet.</summary>
    public int Hidden(string name)
    {
        if (!free.TryPop(out int source))
        {
            source = names.Count;
            names.Add(name);
            counts.Add(0);
        }
        names[source] = name;
        return source;
    }

    /// <summary>From now on a source's entries are those of this number; gives the number that they had before, or -1.</summary>
    public int Show(string name, int source)
    {
        int before = Find(name);
        bool[] next = new bool[names.Count];
        shown.CopyTo(next, 0);
        next[source] = true;
        if (before >= 0)
            next[before] = false;
        current[name] = source;
        Volatile.Write(ref shown, next);
        return before;
    }

    public int CountOf(int source) => counts[source];

    /// <summary>Rows of a number came or went.</summary>
    public void Count(int source, int change) => counts[source] += change;

    /// <summary>A number that no row has any more is anybody's again.</summary>
    public void Free(int source) => free.Push(source);
}
