using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Cli.Attribution.Batch.Reading;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>
/// Loads one partition at a time: its conversions, and of the touches those that some conversion of their customer can reach. The
/// many others are passed over where they lie. Used again for the next partition.
/// </summary>
/// <param name="longestWindowMs">Of all rules.</param>
/// <param name="keeps">The rows are needed once more.</param>
/// <param name="isWhole">Loads every touch, those of customers without conversions too.</param>
internal sealed class PartitionLoader(BatchData data, long longestWindowMs, bool keeps, bool isWhole = false)
{
    private readonly RowStore touchStore = data.Touches;
    private readonly RowStore conversionStore = data.Conversions;
    private readonly EqualConversions equal = data.Equal;
    private readonly LineSet repeated = data.RepeatedTouches.Refused;
    private readonly ulong seed = data.Seed;
    private readonly RowList<ConversionHead> conversions = new();
    private readonly RowList<TouchHead> touches = new();
    private Reach[] customers = new Reach[1024];
    private int customerCount;
    private int[] slots = [];
    private byte[] scratch = [];
    private byte[] page = [];

    /// <summary>Conversions by customer, then (time, id).</summary>
    public RowList<ConversionHead> Conversions => conversions;

    /// <summary>Touches by customer, then (time, id).</summary>
    public RowList<TouchHead> Touches => touches;

    public int Customers => customerCount;

    /// <summary>A customer's earliest touch or conversion, milliseconds since 1970.</summary>
    public long FirstSeen(int customer) => customers[customer].FirstSeen;

    /// <summary>Refunds of these conversions.</summary>
    public PartitionRefunds Refunds { get; } = new();

    /// <summary>How well owners of these customers match.</summary>
    public PartitionMatches Matches { get; } = new();

    public void Load(int partition)
    {
        conversions.Clear();
        touches.Clear();
        customerCount = 0;
        LoadConversions(partition);
        if (conversions.Count > 0 || isWhole)
            LoadTouches(partition);
        Refunds.Load(data.Refunds?.Found, partition);
        Matches.Load(data.Matches, partition, (key, text) => Find(key, text, add: false));
        if (!keeps)
        {
            conversionStore.Forget(partition);
            touchStore.Forget(partition);
            data.Refunds?.Found.Forget(partition);
            data.Matches?.Forget(partition);
        }
        conversions.Sort(customerCount);
        touches.Sort(customerCount);
    }

    private void LoadConversions(int partition)
    {
        long most = conversionStore.BytesOf(partition) / Unsafe.SizeOf<ConversionHead>();
        if (isWhole)
            most += touchStore.BytesOf(partition) / Unsafe.SizeOf<TouchHead>();
        SizeTable((int)most);
        for (int i = 0; i < conversionStore.PagesOf(partition); i++)
        {
            ReadOnlySpan<byte> rows = conversionStore.Read(partition, i, ref page);
            for (int at = 0; at < rows.Length; )
            {
                ref readonly ConversionHead head = ref Unsafe.As<byte, ConversionHead>(ref Unsafe.AsRef(in rows[at]));
                ReadOnlySpan<byte> texts = rows.Slice(at + Unsafe.SizeOf<ConversionHead>(), head.TextBytes);
                at += Unsafe.SizeOf<ConversionHead>() + head.TextBytes;
                if (equal.IsRefused(head.Place.Line))
                    continue;
                ReadOnlySpan<byte> customer = texts.Slice(head.Place.IdBytes, head.Who.Bytes);
                int number = Find(head.Customer, customer, add: true);
                int row = conversions.Add(head, texts, number, head.Time, head.Place);
                ref Reach reach = ref customers[number];
                reach.From = Math.Min(reach.From, head.Time - longestWindowMs);
                reach.To = Math.Max(reach.To, head.Time);
                reach.FirstSeen = Math.Min(reach.FirstSeen, head.Time);
                reach.Conversion = row;
            }
        }
    }

    private void LoadTouches(int partition)
    {
        for (int i = 0; i < touchStore.PagesOf(partition); i++)
            LoadTouches(touchStore.Read(partition, i, ref scratch));
    }

    private void LoadTouches(ReadOnlySpan<byte> rows)
    {
        for (int at = 0; at < rows.Length; )
        {
            ref readonly TouchHead head = ref Unsafe.As<byte, TouchHead>(ref Unsafe.AsRef(in rows[at]));
            int next = at + Unsafe.SizeOf<TouchHead>() + head.TextBytes;
            int texts = at + Unsafe.SizeOf<TouchHead>();
            at = next;
            if (!repeated.IsEmpty && repeated.Contains(head.Place.Line))
                continue;
            int number = Find(head.Customer, rows.Slice(texts + head.Place.IdBytes, head.Who.Bytes), add: isWhole);
            if (number >= 0)
                customers[number].FirstSeen = Math.Min(customers[number].FirstSeen, head.Time);
            if (!isWhole && (number < 0 || head.Time < customers[number].From || head.Time > customers[number].To))
                continue;
            ref Reach reach = ref customers[number];
            if (reach is { Conversion: < 0, Touch: < 0 })
                reach.Touch = touches.Count;
            touches.Add(head, rows.Slice(texts, head.TextBytes), number, head.Time, head.Place);
        }
    }

    // ---- customers: a table of those that have conversions ----------------------------------------------------------------

    private void SizeTable(int most)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, most * 2));
        if (slots.Length < size)
            slots = new int[size];
        else
            slots.AsSpan().Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ulong key, ReadOnlySpan<byte> text, bool add)
    {
        int mask = slots.Length - 1;
        int slot = (int)CustomerKey.Spread(key, seed) & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            ref readonly Reach known = ref customers[slots[slot] - 1];
            if (known.Key == key && known.TextBytes == text.Length && (text.IsEmpty || IsText(known, text)))
                return slots[slot] - 1;
        }
        return add ? AddCustomer(slot, key, text.Length) : -1;
    }

    private bool IsText(in Reach known, ReadOnlySpan<byte> text) => CustomerOf(known).SequenceEqual(text);

    private ReadOnlySpan<byte> CustomerOf(in Reach known)
    {
        if (known.Conversion < 0)
        {
            ref readonly TouchHead touch = ref touches.Head(known.Touch);
            return touches.Texts(known.Touch).Slice(touch.Place.IdBytes, touch.Who.Bytes);
        }
        ref readonly ConversionHead head = ref conversions.Head(known.Conversion);
        return conversions.Texts(known.Conversion).Slice(head.Place.IdBytes, head.Who.Bytes);
    }

    private int AddCustomer(int slot, ulong key, int textBytes)
    {
        if (customerCount == customers.Length)
            Array.Resize(ref customers, customers.Length * 2);
        customers[customerCount] = new()
        {
            Key = key,
            TextBytes = textBytes,
            Conversion = -1,
            Touch = -1,
            From = long.MaxValue,
            FirstSeen = long.MaxValue,
            To = long.MinValue,
        };
        slots[slot] = ++customerCount;
        return customerCount - 1;
    }

    /// <summary>A customer, and the times between which a touch can matter.</summary>
    private struct Reach
    {
        public ulong Key;
        public long From;
        public long FirstSeen;
        public long To;
        public int TextBytes;
        public int Conversion; // one whose texts hold the customer's, or -1
        public int Touch; // one of a customer without conversions, or -1
    }
}
