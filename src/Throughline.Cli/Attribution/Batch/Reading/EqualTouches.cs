using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Which touches have the id of an earlier line, wherever the two stand. Hashes of all ids say which lines to look at more closely; of
/// those the whole ids and contents are compared. What is kept of lines that do not count is a bit each.
/// </summary>
internal static class EqualTouches
{
    /// <param name="keysOf">Makes a store for the ids of suspects.</param>
    public static EqualLines Find(TouchStores stores, Func<RowStore> keysOf, ulong seed, int threads)
    {
        LineSet suspects = new();
        int taken = -1;
        Parallels.Run(
            threads,
            () =>
            {
                HashTable table = new();
                for (int partition; (partition = Interlocked.Increment(ref taken)) < RowStore.Partitions; )
                {
                    table.Find(stores.Ids, partition, suspects);
                    stores.Ids.Forget(partition);
                }
            }
        );
        using RowStore keys = keysOf();
        if (!suspects.IsEmpty)
            Collect(stores.Rows, suspects, keys, seed, threads);
        return EqualLines.Find(keys, threads);
    }

    private static void Collect(RowStore rows, LineSet suspects, RowStore keys, ulong seed, int threads)
    {
        int taken = -1;
        Parallels.Run(
            threads,
            () =>
            {
                RowStore.Sink sink = keys.NewSink();
                byte[] scratch = [];
                for (int partition; (partition = Interlocked.Increment(ref taken)) < RowStore.Partitions; )
                for (int page = 0; page < rows.PagesOf(partition); page++)
                    Collect(rows.Read(partition, page, ref scratch), suspects, sink, seed);
                sink.Close();
            }
        );
    }

    private static void Collect(ReadOnlySpan<byte> rows, LineSet suspects, RowStore.Sink keys, ulong seed)
    {
        for (int at = 0; at < rows.Length; )
        {
            ref readonly TouchHead head = ref Unsafe.As<byte, TouchHead>(ref Unsafe.AsRef(in rows[at]));
            ReadOnlySpan<byte> texts = rows.Slice(at + Unsafe.SizeOf<TouchHead>(), head.TextBytes);
            at += Unsafe.SizeOf<TouchHead>() + head.TextBytes;
            if (!suspects.Contains(head.Place.Line))
                continue;
            ReadOnlySpan<byte> id = texts[..head.Place.IdBytes];
            ulong content = Mix.Three(Mix.Bytes(texts[id.Length..], seed), head.Customer, (ulong)head.Time);
            content = Mix.Three(content, (ulong)head.Campaign << 32 | (uint)head.Channel, (ulong)head.Place.Kind);
            content = Mix.Two(content, head.Who.Bits);
            new KeyHead(Mix.Bytes(id, seed), head.Time, head.Place, content, 0, 0).WriteTo(keys, id, default);
        }
    }

    /// <summary>The hashes of one partition; used again for the next.</summary>
    private sealed class HashTable
    {
        private byte[] scratch = [];
        private (ulong Hash, long Line)[] slots = [];

        /// <summary>Adds the lines whose hash is that of another.</summary>
        public void Find(RowStore ids, int partition, LineSet suspects)
        {
            int size = (int)BitOperations.RoundUpToPowerOf2((uint)(ids.BytesOf(partition) / TouchId.Size * 2 + 16));
            if (slots.Length < size)
                slots = new (ulong, long)[size];
            else
                slots.AsSpan().Clear();
            for (int page = 0; page < ids.PagesOf(partition); page++)
                foreach (TouchId id in MemoryMarshal.Cast<byte, TouchId>(ids.Read(partition, page, ref scratch)))
                    Add(id, suspects);
        }

        // Lines count from 1: a slot without one is free.
        private void Add(TouchId id, LineSet suspects)
        {
            int slot = (int)id.Hash & (slots.Length - 1);
            for (; slots[slot].Line != 0; slot = (slot + 1) & (slots.Length - 1))
            {
                if (slots[slot].Hash != id.Hash)
                    continue;
                suspects.Add(slots[slot].Line);
                suspects.Add(id.Line);
                return;
            }
            slots[slot] = (id.Hash, id.Line);
        }
    }
}
