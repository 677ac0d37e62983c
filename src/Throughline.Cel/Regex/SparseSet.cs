using System.Runtime.CompilerServices;

namespace Throughline.Cel.Regex;

/// <summary>
/// A set of small numbers in the order of their adding, emptied in no time: what is in <c>_places</c> is believed only if
/// <c>_members</c> agrees, so neither needs to be cleared.
/// </summary>
internal ref struct SparseSet
{
    private readonly Span<int> _members;
    private readonly Span<int> _places;

    /// <summary>An empty set in the given memory: two ints a number, of any content.</summary>
    public SparseSet(Span<int> memory)
    {
        _members = memory[..(memory.Length / 2)];
        _places = memory[(memory.Length / 2)..];
    }

    public int Count { get; private set; }

    public readonly ReadOnlySpan<int> Members => _members[..Count];

    /// <summary>False if the number is in it already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(int number)
    {
        uint place = (uint)_places[number];
        if (place < (uint)Count && _members[(int)place] == number)
            return false;
        _members[Count] = number;
        _places[number] = Count++;
        return true;
    }

    public void Clear() => Count = 0;
}
