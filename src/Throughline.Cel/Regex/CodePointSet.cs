namespace Throughline.Cel.Regex;

/// <summary>A set of Unicode code points: ascending ranges that neither overlap nor touch. Immutable; equal by content.</summary>
internal sealed class CodePointSet : IEquatable<CodePointSet>
{
    public const int MaxCodePoint = 0x10FFFF;

    public static readonly CodePointSet Empty = new([]);
    public static readonly CodePointSet All = new([0, MaxCodePoint]);
    public static readonly CodePointSet AllButNewline = new([0, '\n' - 1, '\n' + 1, MaxCodePoint]);

    private readonly int[] _bounds;
    private readonly int _hash;

    /// <summary>Of ranges that are in order: first and last of each in turn.</summary>
    public CodePointSet(int[] bounds)
    {
        _bounds = bounds;
        uint hash = 17;
        foreach (int bound in bounds)
            hash = (hash * 31) + (uint)bound;
        _hash = (int)hash;
    }

    public static CodePointSet Of(int codePoint) => new([codePoint, codePoint]);

    public int RangeCount => _bounds.Length / 2;

    public int First(int range) => _bounds[2 * range];

    public int Last(int range) => _bounds[(2 * range) + 1];

    /// <summary>Whether it holds exactly one code point.</summary>
    public bool IsSingle => _bounds.Length == 2 && _bounds[0] == _bounds[1];

    /// <summary>How many code points are in it.</summary>
    public int Size
    {
        get
        {
            int size = 0;
            for (int i = 0; i < RangeCount; i++)
                size += Last(i) - First(i) + 1;
            return size;
        }
    }

    public bool Contains(int codePoint)
    {
        int range = FirstRangeEndingAt(codePoint);
        return range < RangeCount && First(range) <= codePoint;
    }

    /// <summary>The first range that ends at the code point or after it.</summary>
    public int FirstRangeEndingAt(int codePoint)
    {
        int low = 0;
        int high = RangeCount;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Last(middle) < codePoint)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    public CodePointSet Complement()
    {
        var bounds = new List<int>(_bounds.Length + 2);
        int next = 0;
        for (int i = 0; i < RangeCount; i++)
        {
            if (First(i) > next)
            {
                bounds.Add(next);
                bounds.Add(First(i) - 1);
            }
            next = Last(i) + 1;
        }
        if (next <= MaxCodePoint)
        {
            bounds.Add(next);
            bounds.Add(MaxCodePoint);
        }
        return new CodePointSet([.. bounds]);
    }

    public bool Equals(CodePointSet? other) =>
        other is not null && _hash == other._hash && _bounds.AsSpan().SequenceEqual(other._bounds);

    public override bool Equals(object? obj) => Equals(obj as CodePointSet);

    public override int GetHashCode() => _hash;
}

/// <summary>Collects ranges in any order into a <see cref="CodePointSet"/>.</summary>
internal sealed class CodePointSetBuilder
{
    private readonly List<(int First, int Last)> _ranges = [];

    public int RangeCount => _ranges.Count;

    public (int First, int Last) this[int index] => _ranges[index];

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(CodePointSet set)
    {
        for (int i = 0; i < set.RangeCount; i++)
            _ranges.Add((set.First(i), set.Last(i)));
    }

    public CodePointSet Build()
    {
        _ranges.Sort();
        int[] bounds = new int[2 * _ranges.Count];
        int used = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (used > 0 && first <= bounds[used - 1] + 1)
            {
                bounds[used - 1] = Math.Max(bounds[used - 1], last);
                continue;
            }
            bounds[used++] = first;
            bounds[used++] = last;
        }
        return new CodePointSet(used == bounds.Length ? bounds : bounds[..used]);
    }
}
