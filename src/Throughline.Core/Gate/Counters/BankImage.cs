using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// A bank as bytes, all numbers little-endian:
/// <code>
/// "TLCB" version:u32 counters:u32
/// a counter: identity:u128 ordinal:u32 kind:u32 window:i64 leak:i64 capacity:i32 0:u32 keys:i64
///   a key, longest not counted first: size:u8 form:u8 count:u8 0:u8 0:u32 key:u128 latest:i64 payload
/// </code>
/// A payload is a cell's, its length given by the size; what it may be is its measure's to say.
/// </summary>
internal static class BankImage
{
    private const uint Magic = 0x4243_4c54;
    private const uint Version = 1;
    private const int CounterBytes = 56;
    private const int KeyBytes = 32;

    public static void Write(KeyTable table, IBufferWriter<byte> target)
    {
        Span<byte> head = target.GetSpan(12);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], table.Counters.Count);
        target.Advance(12);
        foreach (CounterState counter in table.Counters)
        {
            Write(counter, target);
            for (int cell = counter.Oldest; cell >= 0; cell = table.Header(cell).Newer)
                Write(table.Header(cell), table.SizeOf(cell), table.Payload(cell), target);
        }
    }

    /// <summary>A table with the places of another and the values of an image; null if it is none.</summary>
    public static KeyTable? Read(ReadOnlySequence<byte> source, CounterLimits limits, KeyTable places)
    {
        SequenceReader<byte> reader = new(source);
        Span<byte> head = stackalloc byte[12];
        if (
            !TryTake(ref reader, head)
            || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) != Version
        )
            return null;
        uint counters = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (counters > CounterBank.CountersMax)
            return null;
        KeyTable table = new(limits);
        foreach (CounterState counter in places.Counters)
            table.AddCounter(new(counter.Shape, counter.Ordinal) { IsBound = counter.IsBound });
        for (uint i = 0; i < counters; i++)
            if (!TryReadCounter(ref reader, table))
                return null;
        return reader.End ? table : null;
    }

    private static void Write(CounterState counter, IBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(CounterBytes)[..CounterBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, counter.Shape.Identity);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], counter.Ordinal);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], (int)counter.Shape.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], counter.Shape.WindowMs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], counter.Shape.LeakMs);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], counter.Shape.Capacity);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], counter.Keys);
        target.Advance(CounterBytes);
    }

    private static void Write(in CellHeader header, int size, ReadOnlySpan<byte> payload, IBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(KeyBytes + payload.Length)[..(KeyBytes + payload.Length)];
        bytes[..8].Clear();
        bytes[0] = (byte)size;
        bytes[1] = (byte)header.Form;
        bytes[2] = header.Count;
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], header.Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], header.Latest);
        payload.CopyTo(bytes[KeyBytes..]);
        target.Advance(bytes.Length);
    }

    private static bool TryReadCounter(ref SequenceReader<byte> reader, KeyTable table)
    {
        Span<byte> bytes = stackalloc byte[CounterBytes];
        if (!TryTake(ref reader, bytes))
            return false;
        CounterShape shape = new(
            BinaryPrimitives.ReadUInt128LittleEndian(bytes),
            (CounterKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[40..])
        );
        int ordinal = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        long keys = BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]) is < 0 or > byte.MaxValue || !shape.IsValid || keys < 0)
            return false;
        int place = PlaceOf(table, shape, ordinal);
        if (place < 0 || table.Counters[place].Keys != 0)
            return false;
        for (; keys > 0; keys--)
            if (!TryReadKey(ref reader, table, place))
                return false;
        return true;
    }

    private static bool TryReadKey(ref SequenceReader<byte> reader, KeyTable table, int place)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        if (!TryTake(ref reader, bytes) || bytes[0] >= CellSizes.Classes)
            return false;
        int size = bytes[0];
        if (reader.Remaining < CellSizes.PayloadOf(size))
            return false;
        UInt128 key = BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]);
        long latest = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        if (latest is < 0 or > EventTime.End || table.Find(place, key) >= 0)
            return false;
        int cell = table.Create(place, key, latest);
        if (size != CellSizes.Tiny)
            cell = table.Resize(cell, size, latest);
        ref CellHeader header = ref table.Header(cell);
        header.Form = (CellForm)bytes[1];
        header.Count = bytes[2];
        Span<byte> payload = table.Payload(cell);
        return TryTake(ref reader, payload) && table.Counters[place].Measure.Accept(ref header, payload, size);
    }

    private static int PlaceOf(KeyTable table, in CounterShape shape, int ordinal)
    {
        for (int place = 0; place < table.Counters.Count; place++)
            if (table.Counters[place].Ordinal == ordinal && table.Counters[place].Shape.SharesValuesWith(shape))
                return place;
        if (table.Counters.Count == CounterBank.CountersMax)
            return -1;
        table.AddCounter(new(shape, ordinal));
        return table.Counters.Count - 1;
    }

    private static bool TryTake(ref SequenceReader<byte> reader, scoped Span<byte> target)
    {
        if (!reader.TryCopyTo(target))
            return false;
        reader.Advance(target.Length);
        return true;
    }
}
