using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Refunds on their way to the conversions that they are taken from: one that names a conversion goes to that, and on to its order if it
/// has one; one that names an order to the conversion of it that counts. In the end they lie where their conversion's customer does.
/// </summary>
internal sealed class RefundData(Func<RowStore> storeOf, RowNames names) : IDisposable
{
    private readonly RowNames names = names;
    private LineSet refused = new();
    private long waiting;

    /// <summary>By their own id, until those that stand twice are known.</summary>
    public RowStore Ids { get; } = storeOf();
    public RowStore ByConversion { get; } = storeOf();
    public RowStore ByOrder { get; } = storeOf();

    /// <summary>By the customer of their conversion.</summary>
    public RowStore Found { get; } = storeOf();

    /// <summary>Refunds whose conversion is not in the file.</summary>
    public long Waiting => Interlocked.Read(ref waiting);

    /// <summary>Tells refunds whose id stands twice; before any find their conversion.</summary>
    public void FindEqual(int threads, RowRejections rejections)
    {
        EqualLines equal = EqualLines.Find(Ids, threads);
        equal.Tell(rejections, repeated: true);
        refused = equal.Refused;
    }

    /// <summary>Takes refunds on, beside the keys of conversions.</summary>
    public IKeyVisitor NewRouter(bool byOrder) => new Router(this, byOrder);

    public static void Write(
        RowStore.Sink sink,
        int partition,
        in RefundHead head,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> target
    )
    {
        int size = Unsafe.SizeOf<RefundHead>() + head.TextBytes;
        Span<byte> row = MemoryMarshal.CreateSpan(ref sink.Reserve(partition, size), size);
        MemoryMarshal.Write(row, head);
        id.CopyTo(row[Unsafe.SizeOf<RefundHead>()..]);
        target.CopyTo(row[(Unsafe.SizeOf<RefundHead>() + id.Length)..]);
    }

    public void Dispose()
    {
        Ids.Dispose();
        ByConversion.Dispose();
        ByOrder.Dispose();
        Found.Dispose();
    }

    private sealed class Router(RefundData data, bool byOrder) : IKeyVisitor
    {
        private readonly RowStore from = byOrder ? data.ByOrder : data.ByConversion;
        private readonly RowStore.Sink found = data.Found.NewSink();
        private readonly RowStore.Sink? orders = byOrder ? null : data.ByOrder.NewSink();
        private byte[] scratch = [];

        public void Visit(EqualRows rows, int partition)
        {
            for (int page = 0; page < from.PagesOf(partition); page++)
            {
                ReadOnlySpan<byte> refunds = from.Read(partition, page, ref scratch);
                for (int at = 0; at < refunds.Length; )
                {
                    RefundHead head = MemoryMarshal.Read<RefundHead>(refunds[at..]);
                    ReadOnlySpan<byte> texts = refunds.Slice(at + Unsafe.SizeOf<RefundHead>(), head.TextBytes);
                    at += Unsafe.SizeOf<RefundHead>() + head.TextBytes;
                    if (!data.refused.Contains(head.Place.Line))
                        Take(rows, head, texts);
                }
            }
            from.Forget(partition);
        }

        public void Close()
        {
            found.Close();
            orders?.Close();
        }

        private void Take(EqualRows rows, RefundHead head, ReadOnlySpan<byte> texts)
        {
            ReadOnlySpan<byte> id = texts[..head.Place.IdBytes];
            int row = rows.Find(head.Key, head.Place.Kind, texts[id.Length..]);
            if (row < 0)
            {
                Interlocked.Increment(ref data.waiting);
                return;
            }
            RowPlace conversion = rows[row].Place;
            ReadOnlySpan<byte> order = byOrder ? default : rows.OrderOf(row);
            head.Place = RowPlace.Of(head.Place.Line, conversion.Kind, id.Length);
            head.TargetBytes = (ushort)order.Length;
            if (order.Length > 0)
            {
                head.Key = data.names.OrderKey(order, conversion.Kind);
                Write(orders!, RowStore.PartitionOf(head.Key), head, id, order);
                return;
            }
            head.Key = (ulong)conversion.Line;
            Write(found, rows[row].Partition, head, id, default);
        }
    }
}
