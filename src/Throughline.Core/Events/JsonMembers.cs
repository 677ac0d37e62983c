namespace Throughline.Core.Events;

/// <summary>One member of an object, written as <c>"name":value</c> in an arena.</summary>
internal readonly record struct JsonMember(int Start, int NameLength, int End, bool Personal)
{
    /// <summary>The name between the quotes, in canonical escapes.</summary>
    public ByteSlice Name => new(Start + 1, NameLength);

    public ByteSlice Whole => new(Start, End - Start);
}

/// <summary>
/// A stack of members, sorted by name in the order of their UTF-8 bytes. Names hold no control characters, so the only escapes in
/// them are <c>\"</c> and <c>\\</c>.
/// </summary>
internal sealed class JsonMembers(ByteArena arena) : IComparer<JsonMember>
{
    private const int SmallCount = 32;

    private JsonMember[] items = new JsonMember[32];

    public int Count { get; private set; }

    public ReadOnlySpan<JsonMember> From(int first) => items.AsSpan(first, Count - first);

    public void Truncate(int count) => Count = count;

    /// <summary>Adds a member; false if it is not after the one before it, counted from <paramref name="first"/>.</summary>
    public bool Add(JsonMember member, int first)
    {
        if (Count == items.Length)
            Array.Resize(ref items, Count * 2);
        items[Count++] = member;
        return Count - 1 == first || Compare(items[Count - 2], member) < 0;
    }

    /// <summary>Sorts the members from <paramref name="first"/> on; false and one of the two if a name is there twice.</summary>
    public bool TrySort(int first, out JsonMember twice)
    {
        if (Count - first <= SmallCount)
            InsertionSort(items.AsSpan(first, Count - first)); // allocates nothing
        else
            Array.Sort(items, first, Count - first, this);
        for (int i = first + 1; i < Count; i++)
            if (Compare(items[i - 1], items[i]) == 0)
            {
                twice = items[i];
                return false;
            }
        twice = default;
        return true;
    }

    private void InsertionSort(Span<JsonMember> span)
    {
        for (int i = 1; i < span.Length; i++)
        {
            JsonMember moved = span[i];
            int at = i;
            for (; at > 0 && Compare(moved, span[at - 1]) < 0; at--)
                span[at] = span[at - 1];
            span[at] = moved;
        }
    }

    public int Compare(JsonMember x, JsonMember y)
    {
        ReadOnlySpan<byte> left = arena[x.Name];
        ReadOnlySpan<byte> right = arena[y.Name];
        if (!left.Contains((byte)'\\') && !right.Contains((byte)'\\'))
            return left.SequenceCompareTo(right);
        for (int i = 0, j = 0; ; i++, j++)
        {
            if (i == left.Length || j == right.Length)
                return (left.Length - i).CompareTo(right.Length - j);
            i += left[i] == '\\' ? 1 : 0;
            j += right[j] == '\\' ? 1 : 0;
            if (left[i] != right[j])
                return left[i].CompareTo(right[j]);
        }
    }
}
