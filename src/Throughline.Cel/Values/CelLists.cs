namespace Throughline.Cel.Values;

/// <summary>Lists of values, of elements that become values when they are read, and their concatenation.</summary>
public static class CelLists
{
    /// <summary>The list without elements.</summary>
    public static readonly CelList Empty = new Growing(new Buffer([]), 0);

    /// <summary>A list of the array itself, which must not change.</summary>
    public static CelList Of(params Value[] elements) => new Growing(new Buffer(elements), elements.Length);

    /// <summary>A list over another, which must not change: elements are turned into values as they are read.</summary>
    public static CelList Of<T>(IReadOnlyList<T> elements, Func<T, Value> toValue) => new Mapped<T>(elements, toValue);

    /// <summary>
    /// The elements of both. Costs only the second list if the first is itself the newest result of a concatenation, so that
    /// a macro that appends element after element takes linear time.
    /// </summary>
    public static CelList Concat(CelList a, CelList b)
    {
        if (a.Count == 0)
            return b;
        if (b.Count == 0)
            return a;
        int count = checked(a.Count + b.Count);
        if (a is not Growing first || !first.Buffer.TryClaim(first.Count, count))
        {
            Value[] items = new Value[Math.Max(4, checked(count * 2))];
            for (int i = 0; i < a.Count; i++)
                items[i] = a[i];
            first = new Growing(new Buffer(items, count), a.Count);
        }
        for (int i = 0; i < b.Count; i++)
            first.Buffer.Items[first.Count + i] = b[i];
        return new Growing(first.Buffer, count);
    }

    /// <summary>A list of one element, appended.</summary>
    public static CelList Append(CelList list, Value element) => Concat(list, Of(element));

    /// <summary>The elements, for what has to reorder them.</summary>
    public static Value[] ToArray(CelList list)
    {
        Value[] items = new Value[list.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = list[i];
        return items;
    }

    // Elements that several lists share: each sees a prefix, and only the list that ends where the used part ends may extend
    // it. What a list sees never changes.
    private sealed class Buffer(Value[] items, int used)
    {
        private int used = used;

        public Buffer(Value[] items)
            : this(items, items.Length) { }

        public Value[] Items { get; } = items;

        public bool TryClaim(int from, int to) =>
            to <= Items.Length && Interlocked.CompareExchange(ref used, to, from) == from;
    }

    private sealed class Growing(Buffer buffer, int count) : CelList
    {
        public Buffer Buffer { get; } = buffer;
        public override int Count { get; } = count;
        public override Value this[int index] => Buffer.Items[index];
    }

    private sealed class Mapped<T>(IReadOnlyList<T> elements, Func<T, Value> toValue) : CelList
    {
        public override int Count => elements.Count;
        public override Value this[int index] => toValue(elements[index]);
    }
}
