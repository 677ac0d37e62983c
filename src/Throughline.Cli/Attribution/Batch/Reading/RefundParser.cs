using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Refunds: lines of <see cref="Columns"/> into stores by the conversion or the order that they name, and by their own id.</summary>
internal sealed class RefundParser(CsvLayout layout, RowNames names, RefundData stores) : RowParser
{
    public static readonly string[] Columns = ["id", "time", "conversion", "minor", "currency"];

    private static ReadOnlySpan<byte> UsualKind => "purchase"u8;

    private readonly RowStore.Sink ids = stores.Ids.NewSink();
    private readonly RowStore.Sink byConversion = stores.ByConversion.NewSink();
    private readonly RowStore.Sink byOrder = stores.ByOrder.NewSink();
    private readonly NameCache kinds = new(names.ConversionKinds);
    private readonly int id = layout[0];
    private readonly int time = layout[1];
    private readonly int conversion = layout[2];
    private readonly int minor = layout[3];
    private readonly int currency = layout[4];
    private readonly int order = layout.Find("order_id");
    private readonly int kind = layout.Find("kind");

    protected override RowReason Add(CsvLine line, long number, bool isAscii)
    {
        ReadOnlySpan<byte> idText = line.Cell(id);
        if (idText.Length is 0 or > RowText.MaxBytes)
            return RowReason.IdInvalid;
        RowReason reason = RowText.Time(line.Cell(time), out long at);
        if (reason != RowReason.None)
            return reason;
        bool namesConversion = !line.Cell(conversion).IsEmpty;
        ReadOnlySpan<byte> target =
            namesConversion ? line.Cell(conversion)
            : order >= 0 ? line.Cell(order)
            : default;
        if (target.Length is 0 or > RowText.MaxBytes)
            return RowReason.TargetInvalid;
        if (!RowText.TryMinor(line.Cell(minor), out long value))
            return RowReason.MinorInvalid;
        Currency money = default;
        if (line.Cell(currency).IsEmpty ? value > 0 : !Currency.TryParse(line.Cell(currency), out money))
            return RowReason.CurrencyInvalid;
        if (!isAscii && !(Utf8.IsValid(idText) && Utf8.IsValid(target)))
            return RowReason.Utf8Invalid;
        ReadOnlySpan<byte> kindText = kind < 0 || line.Cell(kind).IsEmpty ? UsualKind : line.Cell(kind);
        int kindNumber = kinds.Of(kindText);
        if (kindNumber < 0)
            return names.ReasonFor(kindText, default, default);
        RefundHead head = new()
        {
            Key = namesConversion ? Mix.Bytes(target, names.Seed) : names.OrderKey(target, kindNumber),
            Time = at,
            Place = RowPlace.Of(number, kindNumber, idText.Length),
            Minor = value,
            Currency = money.Number,
            TargetBytes = (ushort)target.Length,
        };
        RefundData.Write(
            namesConversion ? byConversion : byOrder,
            RowStore.PartitionOf(head.Key),
            head,
            idText,
            target
        );
        ulong content = Mix.Three(head.Key, (ulong)at, (ulong)value);
        content = Mix.Three(content, money.Number, namesConversion ? 1UL : 0);
        new KeyHead(Mix.Bytes(idText, names.Seed), at, head.Place, content, 0, 0).WriteTo(ids, idText, default);
        return RowReason.None;
    }

    protected override void Close()
    {
        ids.Close();
        byConversion.Close();
        byOrder.Close();
    }
}
