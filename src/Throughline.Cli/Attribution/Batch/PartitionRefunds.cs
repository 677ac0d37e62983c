using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Cli.Attribution.Batch.Reading;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>The refunds of a partition's conversions, each conversion's by (time, id). Used again for the next partition.</summary>
internal sealed class PartitionRefunds
{
    private readonly List<LoadedRefund> refunds = [];
    private byte[] texts = [];
    private byte[] scratch = [];
    private int used;

    /// <param name="store">By conversion; null without refunds.</param>
    public void Load(RowStore? store, int partition)
    {
        refunds.Clear();
        used = 0;
        for (int page = 0; page < store?.PagesOf(partition); page++)
        {
            ReadOnlySpan<byte> rows = store.Read(partition, page, ref scratch);
            for (int at = 0; at < rows.Length; )
            {
                RefundHead head = MemoryMarshal.Read<RefundHead>(rows[at..]);
                Add(head, rows.Slice(at + Unsafe.SizeOf<RefundHead>(), head.Place.IdBytes));
                at += Unsafe.SizeOf<RefundHead>() + head.TextBytes;
            }
        }
        refunds.Sort(Compare);
    }

    /// <summary>Of the conversion of a line.</summary>
    public ReadOnlySpan<LoadedRefund> Of(long line)
    {
        Span<LoadedRefund> all = CollectionsMarshal.AsSpan(refunds);
        int first = FirstFrom(all, line);
        int end = first;
        while (end < all.Length && all[end].Conversion == line)
            end++;
        return all[first..end];
    }

    private static int FirstFrom(ReadOnlySpan<LoadedRefund> all, long line)
    {
        int low = 0;
        for (int high = all.Length; low < high; )
        {
            int middle = (low + high) / 2;
            if (all[middle].Conversion < line)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void Add(in RefundHead head, ReadOnlySpan<byte> id)
    {
        if (used + id.Length > texts.Length)
            Array.Resize(ref texts, Math.Max(texts.Length * 2, used + id.Length));
        id.CopyTo(texts.AsSpan(used));
        refunds.Add(new((long)head.Key, head.Time, head.Minor, head.Currency, used, id.Length));
        used += id.Length;
    }

    private int Compare(LoadedRefund x, LoadedRefund y)
    {
        int order = (x.Conversion, x.Time).CompareTo((y.Conversion, y.Time));
        return order != 0 ? order : IdOf(x).SequenceCompareTo(IdOf(y));
    }

    private ReadOnlySpan<byte> IdOf(in LoadedRefund refund) => texts.AsSpan(refund.Id, refund.IdBytes);
}

/// <param name="Conversion">Its line.</param>
/// <param name="Id">Where its id lies.</param>
internal readonly record struct LoadedRefund(
    long Conversion,
    long Time,
    long Minor,
    ushort Currency,
    int Id,
    int IdBytes
);
