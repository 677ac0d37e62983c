using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// The keys of one partition, grouped by a hash table over them: by id, of which the first line counts, or by order, of which the least
/// (time, id) counts. Used again for the next.
/// </summary>
internal sealed class EqualRows(bool byOrder)
{
    private readonly List<KeyHead> heads = [];
    private readonly List<int> texts = [];
    private byte[] bytes = [];
    private byte[] scratch = [];
    private int[] slots = [];
    private int[] slotOf = [];
    private int used;

    public int Count => heads.Count;

    public KeyHead this[int row] => heads[row];

    public ReadOnlySpan<byte> IdOf(int row) => bytes.AsSpan(texts[row], heads[row].Place.IdBytes);

    public ReadOnlySpan<byte> OrderOf(int row) =>
        bytes.AsSpan(texts[row] + heads[row].Place.IdBytes, heads[row].OrderBytes);

    /// <summary>The row that counts of all that equal this one.</summary>
    public int FirstOf(int row) => slots[slotOf[row]] - 1;

    /// <summary>The row that counts of those with a key; -1 if there is none.</summary>
    /// <param name="kind">Of the conversion; of no matter among ids.</param>
    public int Find(ulong key, int kind, ReadOnlySpan<byte> text)
    {
        if (heads.Count == 0)
            return -1;
        for (int slot = (int)key & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            int row = slots[slot] - 1;
            if (
                heads[row].Key == key
                && (
                    byOrder
                        ? heads[row].Place.Kind == kind && OrderOf(row).SequenceEqual(text)
                        : IdOf(row).SequenceEqual(text)
                )
            )
                return row;
        }
        return -1;
    }

    /// <summary>Takes over a partition's keys and groups them.</summary>
    /// <param name="but">Lines that do not count.</param>
    public void Load(RowStore store, int partition, LineSet? but)
    {
        heads.Clear();
        texts.Clear();
        used = 0;
        for (int page = 0; page < store.PagesOf(partition); page++)
            LoadPage(store.Read(partition, page, ref scratch), but);
        Group();
    }

    private void LoadPage(ReadOnlySpan<byte> rows, LineSet? but)
    {
        if (bytes.Length < used + rows.Length)
            Array.Resize(ref bytes, Math.Max(used + rows.Length, bytes.Length * 2));
        rows.CopyTo(bytes.AsSpan(used));
        int end = used + rows.Length;
        while (used < end)
        {
            KeyHead head = MemoryMarshal.Read<KeyHead>(bytes.AsSpan(used));
            if (but?.Contains(head.Place.Line) != true)
            {
                heads.Add(head);
                texts.Add(used + Unsafe.SizeOf<KeyHead>());
            }
            used += Unsafe.SizeOf<KeyHead>() + head.TextBytes;
        }
    }

    private void Group()
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, heads.Count * 2));
        if (slots.Length < size)
            slots = new int[size];
        else
            slots.AsSpan().Clear();
        if (slotOf.Length < heads.Count)
            slotOf = new int[heads.Count * 2];
        for (int row = 0; row < heads.Count; row++)
        {
            int slot = (int)heads[row].Key & (slots.Length - 1);
            while (slots[slot] != 0 && !AreEqual(row, slots[slot] - 1))
                slot = (slot + 1) & (slots.Length - 1);
            if (slots[slot] == 0 || Precedes(row, slots[slot] - 1))
                slots[slot] = row + 1;
            slotOf[row] = slot;
        }
    }

    private bool AreEqual(int x, int y) =>
        heads[x].Key == heads[y].Key
        && (
            byOrder
                ? heads[x].Place.Kind == heads[y].Place.Kind && OrderOf(x).SequenceEqual(OrderOf(y))
                : IdOf(x).SequenceEqual(IdOf(y))
        );

    private bool Precedes(int x, int y)
    {
        if (!byOrder)
            return heads[x].Place.Line < heads[y].Place.Line;
        int order = heads[x].Time.CompareTo(heads[y].Time);
        return (order != 0 ? order : IdOf(x).SequenceCompareTo(IdOf(y))) < 0;
    }
}

/// <summary>What tells that two rows are one; the id and, where it matters, the order follow.</summary>
/// <param name="Key">Hash of what must be equal.</param>
/// <param name="Content">Hash of all that a row says.</param>
/// <param name="Partition">Of a conversion: where its row is.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct KeyHead(
    ulong Key,
    long Time,
    RowPlace Place,
    ulong Content,
    ushort OrderBytes,
    ushort Partition
)
{
    public int TextBytes => Place.IdBytes + OrderBytes;

    /// <summary>Writes a key where it belongs.</summary>
    public void WriteTo(RowStore.Sink target, ReadOnlySpan<byte> id, ReadOnlySpan<byte> order)
    {
        int size = Unsafe.SizeOf<KeyHead>() + TextBytes;
        Span<byte> row = MemoryMarshal.CreateSpan(ref target.Reserve(RowStore.PartitionOf(Key), size), size);
        MemoryMarshal.Write(row, this);
        id.CopyTo(row[Unsafe.SizeOf<KeyHead>()..]);
        order[..OrderBytes].CopyTo(row[(Unsafe.SizeOf<KeyHead>() + id.Length)..]);
    }
}
