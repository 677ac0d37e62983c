using System.Runtime.CompilerServices;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// Finds the cell of a counter's key: open addressing in 256 parts that grow one by one, so that no call waits for all of it. A slot
/// holds a cell and 32 bits of the hash, which also say where it belongs: growing and removing look at no cell.
/// </summary>
internal sealed class CellIndex
{
    private const int Parts = 256;
    private const int FirstSlots = 16;

    /// <summary>The most that a key costs: after growing by half a part is at least 8/15 full.</summary>
    public const int BytesPerKeyMax = 16;

    private readonly CellStore cells;
    private readonly ulong[][] parts = new ulong[Parts][];
    private readonly int[] counts = new int[Parts];

    public CellIndex(CellStore cells)
    {
        this.cells = cells;
        for (int i = 0; i < Parts; i++)
            parts[i] = new ulong[FirstSlots];
        Bytes = Parts * FirstSlots * sizeof(ulong);
    }

    public long Bytes { get; private set; }

    /// <summary>The hash of a key of a counter; the key is a keyed hash already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(int counter, UInt128 key) => Mix.Three((ulong)key, (ulong)(key >> 64), (ulong)counter);

    /// <summary>The cell of a key, or -1.</summary>
    public int Find(ulong hash, int counter, UInt128 key)
    {
        ulong[] slots = parts[hash >> 56];
        uint tag = (uint)hash;
        for (int slot = Home(tag, slots.Length); slots[slot] != 0; slot = Next(slot, slots.Length))
        {
            if ((uint)(slots[slot] >> 32) != tag)
                continue;
            int cell = (int)(uint)slots[slot] - 1;
            ref CellHeader header = ref cells.Header(cell);
            if (header.KeyLow == (ulong)key && header.KeyHigh == (ulong)(key >> 64) && header.Counter == counter)
                return cell;
        }
        return -1;
    }

    /// <summary>Brings the slots of a hash into the cache; changes nothing.</summary>
    public void PrefetchSlot(ulong hash)
    {
        ulong[] slots = parts[hash >> 56];
        Prefetching.Of(ref slots[Home((uint)hash, slots.Length)]);
    }

    /// <summary>The cell that a hash most likely has, without a look at it; -1: it has none.</summary>
    public int Likely(ulong hash)
    {
        ulong[] slots = parts[hash >> 56];
        uint tag = (uint)hash;
        for (int slot = Home(tag, slots.Length); slots[slot] != 0; slot = Next(slot, slots.Length))
            if ((uint)(slots[slot] >> 32) == tag)
                return (int)(uint)slots[slot] - 1;
        return -1;
    }

    /// <summary>Adds a cell that is not in it.</summary>
    public void Insert(ulong hash, int cell)
    {
        int part = (int)(hash >> 56);
        if (++counts[part] * 5 > parts[part].Length * 4)
            Grow(part);
        Put(parts[part], (hash << 32) | (uint)(cell + 1));
    }

    /// <summary>A key's cell has moved.</summary>
    public void Replace(ulong hash, int from, int to)
    {
        ulong[] slots = parts[hash >> 56];
        slots[SlotOf(slots, hash, from)] = (hash << 32) | (uint)(to + 1);
    }

    public void Remove(ulong hash, int cell)
    {
        int part = (int)(hash >> 56);
        ulong[] slots = parts[part];
        int hole = SlotOf(slots, hash, cell);
        // Those behind the hole that do not belong behind it move up: no marks of what was removed.
        for (int slot = Next(hole, slots.Length); slots[slot] != 0; slot = Next(slot, slots.Length))
        {
            int home = Home((uint)(slots[slot] >> 32), slots.Length);
            bool belongsBehind = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
            if (belongsBehind)
                continue;
            slots[hole] = slots[slot];
            hole = slot;
        }
        slots[hole] = 0;
        counts[part]--;
    }

    private void Grow(int part)
    {
        ulong[] old = parts[part];
        ulong[] larger = new ulong[old.Length * 3 / 2];
        foreach (ulong entry in old)
            if (entry != 0)
                Put(larger, entry);
        parts[part] = larger;
        Bytes += (larger.Length - old.Length) * sizeof(ulong);
    }

    private static void Put(ulong[] slots, ulong entry)
    {
        int slot = Home((uint)(entry >> 32), slots.Length);
        while (slots[slot] != 0)
            slot = Next(slot, slots.Length);
        slots[slot] = entry;
    }

    private static int SlotOf(ulong[] slots, ulong hash, int cell)
    {
        ulong entry = (hash << 32) | (uint)(cell + 1);
        int slot = Home((uint)hash, slots.Length);
        while (slots[slot] != entry)
        {
            if (slots[slot] == 0)
                throw new InvalidOperationException("a cell in use is not in the index");
            slot = Next(slot, slots.Length);
        }
        return slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Home(uint tag, int slots) => (int)((ulong)tag * (uint)slots >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(int slot, int slots) => slot + 1 == slots ? 0 : slot + 1;
}
