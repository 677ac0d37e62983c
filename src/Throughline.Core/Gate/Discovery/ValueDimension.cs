using System.Runtime.InteropServices;

namespace Throughline.Core.Gate.Discovery;

/// <summary>What of a request has values that are counted one by one.</summary>
internal enum Dimension
{
    Agent,
    Path,
    Folder,
    File,
    Method,
    Parameter,
    Network,
    Block,
    Origin,
    Referrer,
    Browser,
}

/// <summary>The values of one dimension: a number for each text, and for each request which. Bounded: texts beyond the limit have none.</summary>
internal sealed class ValueDimension
{
    private const int ValuesMax = 200_000;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];
    private readonly List<int> rows = [];

    public IReadOnlyList<string> Texts => texts;

    /// <summary>By request; -1: none.</summary>
    public ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(rows);

    /// <summary>Adds the next request's value; null or empty: it has none.</summary>
    public int Add(ReadOnlySpan<char> text)
    {
        int number = NumberOf(text);
        rows.Add(number);
        return number;
    }

    private int NumberOf(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return -1;
        var found = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (found.TryGetValue(text, out int known))
            return known;
        if (texts.Count == ValuesMax)
            return -1;
        string kept = text.ToString();
        numbers.Add(kept, texts.Count);
        texts.Add(kept);
        return texts.Count - 1;
    }
}
