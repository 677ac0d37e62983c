using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Conversions: lines of <see cref="Columns"/> into the store of conversions; and what tells equal ids and equal orders, whoever the
/// customer is, into two stores of their own.
/// </summary>
/// <param name="takesNobody">A conversion may have no customer.</param>
internal sealed class ConversionParser(
    CsvLayout layout,
    RowNames names,
    ConversionStores stores,
    ExtraColumns extras,
    bool takesNobody
) : RowParser
{
    public static readonly string[] Columns = ["id", "customer", "time", "kind", "order_id", "minor", "currency"];

    /// <summary>Columns that a file may have, too.</summary>
    public static readonly string[] Optional = ["verdict", "owner", "identifiers"];

    private readonly RowMarks marks = new(layout, names.Seed);
    private readonly int identifiers = layout.Find("identifiers");
    private readonly byte[] nobody = [0xff, 0, 0, 0, 0, 0, 0, 0, 0]; // no text: the line follows

    private readonly RowStore.Sink sink = stores.Rows.NewSink();
    private readonly RowStore.Sink ids = stores.Ids.NewSink();
    private readonly RowStore.Sink orders = stores.Orders.NewSink();
    private readonly NameCache kinds = new(names.ConversionKinds);
    private readonly ExtraCells extra = new(extras, layout);
    private readonly int id = layout[0];
    private readonly int customer = layout[1];
    private readonly int time = layout[2];
    private readonly int kind = layout[3];
    private readonly int order = layout[4];
    private readonly int minor = layout[5];
    private readonly int currency = layout[6];

    protected override RowReason Add(CsvLine line, long number, bool isAscii)
    {
        ReadOnlySpan<byte> idText = line.Cell(id);
        ReadOnlySpan<byte> customerText = line.Cell(customer);
        ReadOnlySpan<byte> orderText = line.Cell(order);
        if (idText.Length is 0 or > RowText.MaxBytes)
            return RowReason.IdInvalid;
        bool isNobodys = takesNobody && customerText.IsEmpty;
        if (customerText.Length is 0 or > RowText.MaxBytes && !isNobodys)
            return RowReason.CustomerInvalid;
        RowReason reason = RowText.Time(line.Cell(time), out long at);
        if (reason != RowReason.None)
            return reason;
        if (line.Cell(kind).IsEmpty)
            return RowReason.KindInvalid;
        if (orderText.Length > RowText.MaxBytes)
            return RowReason.OrderInvalid;
        if (!RowText.TryMinor(line.Cell(minor), out long value))
            return RowReason.MinorInvalid;
        Currency money = default;
        if (line.Cell(currency).IsEmpty ? value > 0 : !Currency.TryParse(line.Cell(currency), out money))
            return RowReason.CurrencyInvalid;
        if (
            !isAscii
            && !(Utf8.IsValid(idText) && Utf8.IsValid(customerText) && Utf8.IsValid(orderText) && extra.IsUtf8(line))
        )
            return RowReason.Utf8Invalid;
        reason = ReadMarks(line, out RowFlags flags);
        if (reason != RowReason.None)
            return reason;
        if (!extra.TrySize(line, out ushort extraBytes))
            return RowReason.PropertiesInvalid;
        if (isNobodys)
        {
            MemoryMarshal.Write(nobody.AsSpan(1), number);
            customerText = nobody;
            flags |= RowFlags.Nobody;
        }
        int kindNumber = kinds.Of(line.Cell(kind));
        if (kindNumber < 0)
            return names.ReasonFor(line.Cell(kind), default, default);
        ConversionHead head = new()
        {
            Customer = CustomerKey.Of(customerText, names.Seed, out int customerBytes),
            Time = at,
            Place = RowPlace.Of(number, kindNumber, idText.Length),
            Minor = value,
            Currency = money.Number,
            Who = RowCustomer.Of(customerBytes, flags),
            OrderBytes = (ushort)orderText.Length,
            ExtraBytes = extraBytes,
        };
        Write(line, head, idText, customerText, orderText);
        WriteKeys(head, idText, isNobodys ? default : customerText, orderText);
        return RowReason.None;
    }

    private RowReason ReadMarks(CsvLine line, out RowFlags flags)
    {
        RowReason reason = marks.Read(line, out flags);
        if (reason != RowReason.None || identifiers < 0 || line.Cell(identifiers).IsEmpty)
            return reason;
        if (!RowText.TryWhole(line.Cell(identifiers), out long count))
            return RowReason.IdentifiersInvalid;
        flags |= count > ConversionCase.MaxIdentifiers ? RowFlags.TooLarge : 0;
        return RowReason.None;
    }

    protected override void Close()
    {
        sink.Close();
        ids.Close();
        orders.Close();
    }

    private void Write(
        CsvLine line,
        ConversionHead head,
        ReadOnlySpan<byte> idText,
        ReadOnlySpan<byte> customerText,
        ReadOnlySpan<byte> orderText
    )
    {
        int partition = RowStore.PartitionOf(CustomerKey.Spread(head.Customer, names.Seed));
        int size = Unsafe.SizeOf<ConversionHead>() + head.TextBytes;
        Span<byte> target = MemoryMarshal.CreateSpan(ref sink.Reserve(partition, size), size);
        MemoryMarshal.Write(target, head);
        target = target[Unsafe.SizeOf<ConversionHead>()..];
        idText.CopyTo(target);
        target = target[idText.Length..];
        customerText[..head.Who.Bytes].CopyTo(target);
        target = target[head.Who.Bytes..];
        if (head.Who.AllBytes > head.Who.Bytes)
        {
            MemoryMarshal.Write(target, marks.Owner);
            target = target[RowCustomer.OwnerBytes..];
        }
        orderText.CopyTo(target);
        extra.Write(line, target[orderText.Length..]);
    }

    private void WriteKeys(
        in ConversionHead head,
        ReadOnlySpan<byte> idText,
        ReadOnlySpan<byte> customerText,
        ReadOnlySpan<byte> orderText
    )
    {
        ulong content = Mix.Three(Mix.Bytes(customerText), (ulong)head.Time, (ulong)head.Minor);
        content = Mix.Three(content, Mix.Bytes(orderText), (ulong)head.Currency << 32 | (uint)head.Place.Kind);
        content = Mix.Two(content, (ulong)head.Who.Flags);
        ushort partition = (ushort)RowStore.PartitionOf(CustomerKey.Spread(head.Customer, names.Seed));
        int keptOrder = stores.KeepsOrders ? orderText.Length : 0;
        new KeyHead(
            Mix.Bytes(idText, names.Seed),
            head.Time,
            head.Place,
            content,
            (ushort)keptOrder,
            partition
        ).WriteTo(ids, idText, orderText);
        if (head.OrderBytes > 0)
            new KeyHead(
                names.OrderKey(orderText, head.Place.Kind),
                head.Time,
                head.Place,
                content,
                head.OrderBytes,
                partition
            ).WriteTo(orders, idText, orderText);
    }
}

/// <summary>Conversions by customer, by id and by order.</summary>
/// <param name="KeepsOrders">With an id stands the order: refunds will ask.</param>
internal sealed record ConversionStores(RowStore Rows, RowStore Ids, RowStore Orders, bool KeepsOrders);
