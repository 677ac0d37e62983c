using Throughline.Core.State;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// Rows by text or number: open addressing over the first row of each value. One writes while many read: a slot is written once its row
/// is complete, and a larger table is made ready aside.
/// </summary>
internal sealed class ValueIndex(ListRows rows)
{
    private const int Gone = -1;

    private int[] slots = new int[16];
    private int used;
    private int values;

    /// <summary>The first row of the value that the probe accepts, or 0. Any thread.</summary>
    public int Find<TProbe>(ulong hash, TProbe probe)
        where TProbe : struct, IRowProbe, allows ref struct
    {
        int[] table = Volatile.Read(ref slots);
        int slot = First(hash, table.Length);
        for (int step = 0; step < table.Length; step++)
        {
            int row = Volatile.Read(ref table[slot]);
            if (row == 0)
                return 0;
            if (row > 0 && rows[row].Low == hash && probe.Matches(row))
                return row;
            slot = slot + 1 == table.Length ? 0 : slot + 1;
        }
        return 0;
    }

    /// <summary>Adds a row, before others of its value.</summary>
    /// <param name="head">The first of those, or 0.</param>
    public void Insert(int row, int head)
    {
        if (head == 0 && (used + 1) * 4 > slots.Length * 3)
            Rebuild();
        rows[row].Next = head;
        int slot = First(rows[row].Low, slots.Length);
        while (slots[slot] != head && (head != 0 || slots[slot] != Gone))
            slot = slot + 1 == slots.Length ? 0 : slot + 1;
        used += head == 0 && slots[slot] == 0 ? 1 : 0;
        values += head == 0 ? 1 : 0;
        Volatile.Write(ref slots[slot], row);
    }

    /// <summary>Removes a row; the caller retires it.</summary>
    public void Remove(int row, int head)
    {
        if (head != row)
        {
            while (rows[head].Next != row)
                head = rows[head].Next;
            Volatile.Write(ref rows[head].Next, rows[row].Next);
            return;
        }
        int slot = First(rows[row].Low, slots.Length);
        while (slots[slot] != row)
            slot = slot + 1 == slots.Length ? 0 : slot + 1;
        int next = rows[row].Next;
        values -= next == 0 ? 1 : 0;
        Volatile.Write(ref slots[slot], next == 0 ? Gone : next);
    }

    private void Rebuild()
    {
        int[] table = new int[Math.Max(16, values * 5 / 2)];
        foreach (int row in slots)
        {
            if (row <= 0)
                continue;
            int slot = First(rows[row].Low, table.Length);
            while (table[slot] != 0)
                slot = slot + 1 == table.Length ? 0 : slot + 1;
            table[slot] = row;
        }
        used = values;
        Volatile.Write(ref slots, table);
    }

    private static int First(ulong hash, int slots) =>
        (int)((Mix.Two(hash, 0x9e3779b97f4a7c15) >> 32) * (uint)slots >> 32);
}
