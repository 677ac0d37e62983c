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
/// a counter: identity:u128 ordinal:u32 kind:u32 window:i64 leak:i64 capacity:i32 0:u32
/// a key: counter:u16 size:u8 form:u8 count:u8 0:u8 0:u16 key:u128 latest:i64 payload
/// the end: 0xffff:u16 0:u48
/// </code>
/// Keys are in no order; of one that is there twice the later holds. A payload is a cell's, its length given by the size; what it may be
/// is its measure's to say.
/// </summary>
internal static class BankImage
{
    private const uint Magic = 0x4243_4c54;
    private const uint Version = 2;
    private const int HeadBytes = 12;
    private const int CounterBytes = 48;
    private const int KeyBytes = 32;
    private const int EndBytes = 8;
    private const ushort End = 0xffff;

    public static void WriteHead(KeyTable table, int counters, IBufferWriter<byte> target)
    {
        Span<byte> head = target.GetSpan(HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], counters);
        target.Advance(HeadBytes);
        for (int i = 0; i < counters; i++)
            Write(table.Counters[i], target);
    }

    public static void WriteKey(in CellHeader header, int size, ReadOnlySpan<byte> payload, IBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(KeyBytes + payload.Length)[..(KeyBytes + payload.Length)];
        bytes[..8].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, header.Counter);
        bytes[2] = (byte)size;
        bytes[3] = (byte)header.Form;
        bytes[4] = header.Count;
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], header.Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], header.Latest);
        payload.CopyTo(bytes[KeyBytes..]);
        target.Advance(bytes.Length);
    }

    public static void WriteEnd(IBufferWriter<byte> target)
    {
        Span<byte> bytes = target.GetSpan(EndBytes)[..EndBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, End);
        target.Advance(EndBytes);
    }

    /// <summary>A table with the places of another and the values of an image; null if it is none.</summary>
    public static KeyTable? Read(ReadOnlySpan<byte> image, CounterLimits limits, KeyTable places)
    {
        if (
            image.Length < HeadBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(image) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(image[4..]) != Version
        )
            return null;
        uint counters = BinaryPrimitives.ReadUInt32LittleEndian(image[8..]);
        if (counters > CounterBank.CountersMax || image.Length < HeadBytes + counters * CounterBytes)
            return null;
        KeyTable table = new(limits);
        foreach (CounterState counter in places.Counters)
            table.AddCounter(new(counter.Shape, counter.Ordinal) { IsBound = counter.IsBound });
        int[] placeOf = new int[counters];
        for (int i = 0; i < placeOf.Length; i++)
            if (
                !TryReadCounter(
                    image.Slice(HeadBytes + i * CounterBytes, CounterBytes),
                    table,
                    placeOf.AsSpan(0, i + 1)
                )
            )
                return null;
        if (FindKeys(image, HeadBytes + placeOf.Length * CounterBytes, placeOf.Length) is not { } offsets)
            return null;
        foreach (int offset in offsets)
            if (!TryReadKey(image[offset..], table, placeOf))
                return null;
        return table;
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
        target.Advance(CounterBytes);
    }

    // Gives the counter a place that none before it has.
    private static bool TryReadCounter(ReadOnlySpan<byte> bytes, KeyTable table, Span<int> placeOf)
    {
        CounterShape shape = new(
            BinaryPrimitives.ReadUInt128LittleEndian(bytes),
            (CounterKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[40..])
        );
        int ordinal = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]) is < 0 or > byte.MaxValue || !shape.IsValid)
            return false;
        int place = PlaceOf(table, shape, ordinal);
        if (place < 0 || placeOf[..^1].Contains(place))
            return false;
        placeOf[^1] = place;
        return true;
    }

    // Where the keys are, those first that were not counted for longest, as a bank chains them; null if the bytes are damaged.
    private static int[]? FindKeys(ReadOnlySpan<byte> image, int from, int counters)
    {
        List<int> offsets = [];
        List<long> times = [];
        while (true)
        {
            if (image.Length - from < EndBytes)
                return null;
            int counter = BinaryPrimitives.ReadUInt16LittleEndian(image[from..]);
            if (counter == End)
                break;
            int size = image[from + 2];
            if (counter >= counters || size >= CellSizes.Classes)
                return null;
            int length = KeyBytes + CellSizes.PayloadOf(size);
            if (image.Length - from < length)
                return null;
            long latest = BinaryPrimitives.ReadInt64LittleEndian(image[(from + 24)..]);
            if (latest is < 0 or > EventTime.End)
                return null;
            offsets.Add(from);
            times.Add(latest);
            from += length;
        }
        if (from + EndBytes != image.Length)
            return null;
        int[] found = [.. offsets];
        Span<long> latestOf = CollectionsMarshal.AsSpan(times);
        latestOf.Sort(found.AsSpan());
        // Equal times stay in the order of the image: of a key that is there twice the later holds.
        for (int first = 0, next; first < found.Length; first = next)
        {
            for (next = first + 1; next < found.Length && latestOf[next] == latestOf[first]; )
                next++;
            found.AsSpan(first..next).Sort();
        }
        return found;
    }

    private static bool TryReadKey(ReadOnlySpan<byte> bytes, KeyTable table, int[] placeOf)
    {
        int place = placeOf[BinaryPrimitives.ReadUInt16LittleEndian(bytes)];
        int size = bytes[2];
        UInt128 key = BinaryPrimitives.ReadUInt128LittleEndian(bytes[8..]);
        long latest = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        CounterVisit visit = CounterVisit.Of(place, key);
        if (table.Find(visit) is >= 0 and var before)
            table.Remove(before);
        int cell = table.Create(visit, latest);
        if (size != CellSizes.Tiny)
            cell = table.Resize(cell, size, latest);
        ref CellHeader header = ref table.Header(cell);
        header.Form = (CellForm)bytes[3];
        header.Count = bytes[4];
        Span<byte> payload = table.Payload(cell);
        bytes.Slice(KeyBytes, payload.Length).CopyTo(payload);
        return table.Counters[place].Measure.Accept(ref header, payload, size);
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
}
