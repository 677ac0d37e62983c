using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Components;

/// <summary>
/// Gives each different identifier a number, from 0 in the order of first appearance, and its text back. An identifier is its
/// bytes, neither trimmed nor normalised. One that is a whole number of 64 bits as .NET writes it (no plus, no leading zero) is
/// kept as such: small ones are found in a table by their value, all others in an index by hash.
/// </summary>
/// <param name="seed">Keys the index, so that nobody can choose identifiers that all meet in one place; no result shows it.</param>
public sealed class IdentifierNumbers(ulong seed)
{
    /// <summary>As many identifiers as there can be.</summary>
    public const int MaxCount = 3 << (MaxIndexBits - 2);

    /// <summary>Bytes that every whole number of 64 bits fits in.</summary>
    public const int MaxWholeBytes = 20;

    private const int PageBits = 12;
    private const int DirectPages = 1 << 14; // values below 2^26: 256 MB at most, in pages as they are needed
    private const int MaxIndexBits = 30;

    private readonly int[]?[] direct = new int[]?[DirectPages]; // the number + 1; 0 is none
    private readonly TextArena texts = new();
    private long[] values = new long[1024]; // the whole number, or where the text is
    private bool[] isText = new bool[1024];
    private bool hasTexts;
    private Slot[] index = new Slot[4096];
    private int indexed;

    /// <summary>How many different identifiers there are.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers of identifiers, new ones for those that have none.</summary>
    /// <param name="block">What the texts are parts of.</param>
    /// <param name="numbers">As many as there are mentions.</param>
    public void Resolve(ReadOnlySpan<byte> block, Span<Mention> mentions, Span<int> numbers)
    {
        // Each search goes to two or three far places in memory. Those of a whole batch are asked for together.
        foreach (ref Mention mention in mentions)
            Foresee(block, ref mention);
        foreach (ref readonly Mention mention in mentions)
            if (mention.Length != Mention.Whole)
                ForeseeText(mention.Hash);
        for (int i = 0; i < mentions.Length; i++)
            numbers[i] = Of(block, in mentions[i]);
    }

    /// <summary>Whole numbers first, by value; then texts by their bytes, which is the order of their code points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Compare(int x, int y) => hasTexts ? CompareAny(x, y) : values[x].CompareTo(values[y]);

    /// <summary>Brings what <see cref="Compare"/> will read into the cache.</summary>
    public void Prefetch(int number)
    {
        Prefetching.Of(in values[number]);
        if (hasTexts)
            Prefetching.Of(in isText[number]);
    }

    /// <summary>The identifier as it was given.</summary>
    /// <param name="scratch">Room for a whole number: <see cref="MaxWholeBytes"/>.</param>
    /// <param name="isWhole">True for a whole number.</param>
    public ReadOnlySpan<byte> BytesOf(int number, Span<byte> scratch, out bool isWhole)
    {
        isWhole = !isText[number];
        if (!isWhole)
            return texts.Read(values[number]);
        Utf8Formatter.TryFormat(values[number], scratch, out int written);
        return scratch[..written];
    }

    private int CompareAny(int x, int y) =>
        (isText[x], isText[y]) switch
        {
            (false, false) => values[x].CompareTo(values[y]),
            (true, true) => texts.Read(values[x]).SequenceCompareTo(texts.Read(values[y])),
            _ => isText[x].CompareTo(isText[y]),
        };

    private void Foresee(ReadOnlySpan<byte> block, ref Mention mention)
    {
        if (mention.Length != Mention.Whole && IsWhole(mention.In(block), out long value))
            mention = Mention.Of(value);
        if (mention.Length != Mention.Whole)
            mention.Hash = (uint)(Mix.Bytes(mention.In(block), seed) >> 32) | 1; // texts are odd, whole numbers even
        else if (!IsDirect(mention.Value))
            mention.Hash = (uint)(Mix.Two((ulong)mention.Value, seed) >> 32) & ~1U;
        else
        {
            if (direct[mention.Value >> PageBits] is { } page)
                Prefetching.Of(in page[PlaceInPage(mention.Value)]);
            return;
        }
        Prefetching.Of(in index[SlotOf(mention.Hash)]);
    }

    private void ForeseeText(uint hash)
    {
        for (int slot = SlotOf(hash); index[slot].Number != 0; slot = (slot + 1) & (index.Length - 1))
        {
            if (index[slot].Hash != hash)
                continue;
            texts.Prefetch(index[slot].Value);
            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Of(ReadOnlySpan<byte> block, ref readonly Mention mention)
    {
        if (mention.Length != Mention.Whole)
            return OfText(mention.In(block), mention.Hash);
        if (!IsDirect(mention.Value))
            return OfLarge(mention.Value, mention.Hash);
        int[] page = direct[mention.Value >> PageBits] ??= new int[1 << PageBits];
        ref int known = ref page[PlaceInPage(mention.Value)];
        if (known == 0)
            known = Add(mention.Value, false) + 1;
        return known - 1;
    }

    private int OfText(ReadOnlySpan<byte> text, uint hash)
    {
        int slot = SlotOf(hash);
        for (; index[slot].Number != 0; slot = (slot + 1) & (index.Length - 1))
            if (index[slot].Hash == hash && texts.Read(index[slot].Value).SequenceEqual(text))
                return index[slot].Number - 1;
        return AddIndexed(slot, hash, texts.Add(text), true);
    }

    private int OfLarge(long value, uint hash)
    {
        int slot = SlotOf(hash);
        for (; index[slot].Number != 0; slot = (slot + 1) & (index.Length - 1))
            if (index[slot].Hash == hash && index[slot].Value == value)
                return index[slot].Number - 1;
        return AddIndexed(slot, hash, value, false);
    }

    private static bool IsDirect(long value) => (ulong)value < (ulong)DirectPages << PageBits;

    private static int PlaceInPage(long value) => (int)value & ((1 << PageBits) - 1);

    private static bool IsWhole(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > MaxWholeBytes || text[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
            return false;
        Span<byte> again = stackalloc byte[MaxWholeBytes];
        return Utf8Parser.TryParse(text, out value, out int used)
            && used == text.Length
            && Utf8Formatter.TryFormat(value, again, out int written)
            && text.SequenceEqual(again[..written]);
    }

    private int Add(long value, bool text)
    {
        if (Count == values.Length)
        {
            Array.Resize(ref values, values.Length * 2);
            Array.Resize(ref isText, isText.Length * 2);
        }
        values[Count] = value;
        isText[Count] = text;
        hasTexts |= text;
        return Count++;
    }

    private int AddIndexed(int slot, uint hash, long value, bool text)
    {
        int number = Add(value, text);
        index[slot] = new()
        {
            Hash = hash,
            Number = number + 1,
            Value = value,
        };
        if (++indexed > index.Length / 4 * 3)
            Grow();
        return number;
    }

    // From the upper bits, so that a slot's place in a larger index follows from what it holds.
    private int SlotOf(uint hash) => (int)((ulong)hash * (ulong)index.Length >> 32);

    private void Grow()
    {
        Slot[] old = index;
        index = new Slot[old.Length * 2];
        foreach (Slot entry in old)
        {
            if (entry.Number == 0)
                continue;
            int slot = SlotOf(entry.Hash);
            while (index[slot].Number != 0)
                slot = (slot + 1) & (index.Length - 1);
            index[slot] = entry;
        }
    }

    private struct Slot
    {
        public uint Hash;
        public int Number; // + 1; 0 is free
        public long Value; // as in values
    }
}
