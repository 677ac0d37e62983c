using System.Runtime.InteropServices;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>A loaded partition as timelines: each customer's touches and conversions beside each other. Used again for the next.</summary>
/// <param name="hasTiers">A rule asks how well owners match.</param>
internal sealed class PartitionJourneys(PartitionLoader loader, BatchNames names, EqualConversions equal, bool hasTiers)
{
    private readonly int[] currencies = new int[1 << 16]; // by number, as the timeline packs them; -1: not asked yet
    private TimelineTouch[] touches = new TimelineTouch[1024];
    private TimelineConversion[] conversions = new TimelineConversion[1024];
    private readonly List<long> refunds = [];
    private bool isFresh = true;

    public int Customers => loader.Customers;

    /// <summary>One customer's timeline; valid until the next is asked for.</summary>
    public CustomerTimeline Of(int customer)
    {
        Span<TimelineTouch> its = touches.AsSpan(FirstTouch(customer)..loader.Touches.StartOf(customer + 1));
        Span<TimelineConversion> sold = conversions.AsSpan(
            FirstConversion(customer)..loader.Conversions.StartOf(customer + 1)
        );
        ReadOnlySpan<long> paidBack = CollectionsMarshal.AsSpan(refunds);
        if (!hasTiers)
            return new(its, sold, paidBack);
        PartitionMatches matches = loader.Matches;
        matches.Begin(customer);
        if (!matches.Any)
            return new(its, sold, paidBack);
        for (int i = 0; i < its.Length; i++)
            its[i].Owner = matches.PlaceOf(OwnerOf(FirstTouch(customer) + i, isTouch: true));
        for (int i = 0; i < sold.Length; i++)
            sold[i].Owner = matches.PlaceOf(OwnerOf(FirstConversion(customer) + i, isTouch: false));
        matches.End(customer);
        return new(its, sold, paidBack, matches.Matrix, matches.Owners);
    }

    /// <summary>Where a customer's touches begin among those of the loader.</summary>
    public int FirstTouch(int customer) => loader.Touches.StartOf(customer);

    /// <inheritdoc cref="FirstTouch"/>
    public int FirstConversion(int customer) => loader.Conversions.StartOf(customer);

    /// <summary>Takes over what the loader has loaded.</summary>
    public void Fill()
    {
        if (isFresh)
            currencies.AsSpan().Fill(-1);
        isFresh = false;
        if (touches.Length < loader.Touches.Count)
            touches = new TimelineTouch[loader.Touches.Count * 2];
        for (int place = 0; place < loader.Touches.Count; place++)
        {
            ref readonly TouchHead head = ref loader.Touches.Head(loader.Touches.RowAt(place));
            touches[place] = new()
            {
                Time = head.Time,
                Campaign = head.Campaign,
                Channel = head.Channel,
                Kind = (ushort)head.Place.Kind,
                Flags =
                    (head.Place.Kind == names.ClickKind ? TouchFlags.Click : 0)
                    | ((head.Who.Flags & RowFlags.Bot) == 0 ? 0 : TouchFlags.Bot)
                    | ((head.Who.Flags & RowFlags.MachineOpen) == 0 ? 0 : TouchFlags.MachineOpen),
            };
        }
        refunds.Clear();
        if (conversions.Length < loader.Conversions.Count)
            conversions = new TimelineConversion[loader.Conversions.Count * 2];
        for (int place = 0; place < loader.Conversions.Count; place++)
        {
            int row = loader.Conversions.RowAt(place);
            ref readonly ConversionHead head = ref loader.Conversions.Head(row);
            int firstRefund = refunds.Count;
            foreach (ref readonly LoadedRefund refund in loader.Refunds.Of(head.Place.Line))
                if (refund.Currency == head.Currency)
                    refunds.Add(refund.Minor);
            conversions[place] = new()
            {
                Time = head.Time,
                FirstRefund = firstRefund,
                Refunds = refunds.Count - firstRefund,
                Minor = head.Minor,
                Order = head.OrderBytes == 0 ? 0 : Math.Max(1, Mix.Bytes(OrderOf(head, row), (uint)head.Place.Kind)),
                Kind = head.Place.Kind,
                Currency = PackedCurrency(head.Currency),
                Flags =
                    (equal.IsDuplicate(head.Place.Line) ? ConversionFlags.DuplicateOrder : 0)
                    | ((head.Who.Flags & RowFlags.Bot) == 0 ? 0 : ConversionFlags.Bot)
                    | ((head.Who.Flags & RowFlags.Nobody) == 0 ? 0 : ConversionFlags.NoCustomer)
                    | ((head.Who.Flags & RowFlags.TooLarge) == 0 ? 0 : ConversionFlags.CustomerTooLarge),
            };
        }
    }

    // The hash of an owner; all rows without one have the same.
    private ulong OwnerOf(int place, bool isTouch)
    {
        int row = isTouch ? loader.Touches.RowAt(place) : loader.Conversions.RowAt(place);
        RowCustomer who = isTouch ? loader.Touches.Head(row).Who : loader.Conversions.Head(row).Who;
        if ((who.Flags & RowFlags.Owner) == 0)
            return 0;
        ReadOnlySpan<byte> texts = isTouch ? loader.Touches.Texts(row) : loader.Conversions.Texts(row);
        int id = isTouch ? loader.Touches.Head(row).Place.IdBytes : loader.Conversions.Head(row).Place.IdBytes;
        return MemoryMarshal.Read<ulong>(texts[(id + who.Bytes)..]);
    }

    private ReadOnlySpan<byte> OrderOf(in ConversionHead head, int row) =>
        loader.Conversions.Texts(row).Slice(head.OrderAt, head.OrderBytes);

    private int PackedCurrency(ushort number)
    {
        if (currencies[number] >= 0)
            return currencies[number];
        Span<byte> code = stackalloc byte[4];
        code.Clear();
        Currency.FromNumber(number).Write(code);
        return currencies[number] = BitConverter.ToInt32(code);
    }
}
