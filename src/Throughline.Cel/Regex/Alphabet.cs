using System.Runtime.CompilerServices;

namespace Throughline.Cel.Regex;

/// <summary>
/// Code points sorted into classes that a program cannot tell apart: every set of the program holds all of a class or nothing of
/// it. Machines then work on a few dozen classes instead of 1,114,112 code points.
/// </summary>
internal sealed class Alphabet
{
    private readonly int[] _ascii = new int[128];
    private readonly int[] _starts; // of the ranges that one class each fills, from 0, ascending
    private readonly int[] _classes;

    public Alphabet(IReadOnlyList<CodePointSet> sets)
    {
        int[] starts = Bounds(sets);
        int[] classes = new int[starts.Length];
        int count = 1;
        foreach (CodePointSet set in sets)
        {
            count = Refine(starts, classes, count, set);
            if (count > (2 * starts.Length) + 64)
                count = Renumber(classes, count);
        }
        Count = Renumber(classes, count);
        (_starts, _classes) = Merge(starts, classes);
        for (int c = 0; c < _ascii.Length; c++)
            _ascii[c] = WideClassOf(c);
    }

    /// <summary>The number of classes; they are numbered from 0 in the order of their first code points.</summary>
    public int Count { get; }

    public long Bytes => 64 + (4L * (_ascii.Length + _starts.Length + _classes.Length));

    /// <summary>The classes of ASCII characters.</summary>
    public ReadOnlySpan<int> Ascii => _ascii;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ClassOf(int codePoint) => codePoint < 128 ? _ascii[codePoint] : WideClassOf(codePoint);

    /// <summary>The classes whose members are in a set that the alphabet was made from, some of them more than once.</summary>
    public IEnumerable<int> ClassesIn(CodePointSet set)
    {
        for (int i = 0; i < set.RangeCount; i++)
        for (int at = RangeAt(set.First(i)); at < _starts.Length && _starts[at] <= set.Last(i); at++)
            yield return _classes[at];
    }

    /// <summary>All code points, as ranges with the class of each.</summary>
    public IEnumerable<(int First, int Last, int Class)> Ranges()
    {
        for (int i = 0; i < _starts.Length; i++)
            yield return (
                _starts[i],
                i + 1 < _starts.Length ? _starts[i + 1] - 1 : CodePointSet.MaxCodePoint,
                _classes[i]
            );
    }

    private int WideClassOf(int codePoint) => _classes[RangeAt(codePoint)];

    private int RangeAt(int codePoint) => RangeAt(_starts, codePoint);

    private static int RangeAt(int[] starts, int codePoint)
    {
        int low = 0;
        int high = starts.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (starts[middle] <= codePoint)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    private static int[] Bounds(IReadOnlyList<CodePointSet> sets)
    {
        var bounds = new List<int> { 0 };
        foreach (CodePointSet set in sets)
            for (int i = 0; i < set.RangeCount; i++)
            {
                bounds.Add(set.First(i));
                if (set.Last(i) < CodePointSet.MaxCodePoint)
                    bounds.Add(set.Last(i) + 1);
            }
        bounds.Sort();
        int used = 1;
        for (int i = 1; i < bounds.Count; i++)
            if (bounds[i] != bounds[used - 1])
                bounds[used++] = bounds[i];
        bounds.RemoveRange(used, bounds.Count - used);
        return [.. bounds];
    }

    // Gives what is both of a class and in the set a class of its own.
    private static int Refine(int[] starts, int[] classes, int count, CodePointSet set)
    {
        var renamed = new Dictionary<int, int>();
        for (int i = 0; i < set.RangeCount; i++)
        for (int at = RangeAt(starts, set.First(i)); at < starts.Length && starts[at] <= set.Last(i); at++)
        {
            if (!renamed.TryGetValue(classes[at], out int name))
                renamed.Add(classes[at], name = count++);
            classes[at] = name;
        }
        return count;
    }

    private static int Renumber(int[] classes, int count)
    {
        int[] names = new int[count];
        int used = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            if (names[classes[i]] == 0)
                names[classes[i]] = ++used;
            classes[i] = names[classes[i]] - 1;
        }
        return used;
    }

    private static (int[] Starts, int[] Classes) Merge(int[] starts, int[] classes)
    {
        int used = 1;
        for (int i = 1; i < starts.Length; i++)
            if (classes[i] != classes[used - 1])
                (starts[used], classes[used++]) = (starts[i], classes[i]);
        return (starts[..used], classes[..used]);
    }
}
