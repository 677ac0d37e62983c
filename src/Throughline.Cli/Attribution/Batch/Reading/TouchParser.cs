using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Touches: lines of <see cref="Columns"/> into the store of touches, and hashes of their ids into one of their own.</summary>
/// <param name="takesNoCampaign">A touch may have none.</param>
internal sealed class TouchParser(
    CsvLayout layout,
    RowNames names,
    TouchStores stores,
    ExtraColumns extras,
    bool takesNoCampaign
) : RowParser
{
    public static readonly string[] Columns = ["id", "customer", "time", "campaign", "channel", "kind"];

    /// <summary>Columns that a file may have, too.</summary>
    public static readonly string[] Optional = ["verdict", "machine_open", "owner"];

    private readonly RowStore.Sink sink = stores.Rows.NewSink();
    private readonly RowStore.Sink ids = stores.Ids.NewSink();
    private readonly RowMarks marks = new(layout, names.Seed);
    private readonly int machineOpen = layout.Find("machine_open");
    private readonly NameCache campaigns = new(names.Campaigns);
    private readonly NameCache channels = new(names.Channels);
    private readonly NameCache kinds = new(names.TouchKinds);
    private readonly ExtraCells extra = new(extras, layout);
    private readonly int id = layout[0];
    private readonly int customer = layout[1];
    private readonly int time = layout[2];
    private readonly int campaign = layout[3];
    private readonly int channel = layout[4];
    private readonly int kind = layout[5];

    protected override RowReason Add(CsvLine line, long number, bool isAscii)
    {
        ReadOnlySpan<byte> idText = line.Cell(id);
        ReadOnlySpan<byte> customerText = line.Cell(customer);
        if (idText.Length is 0 or > RowText.MaxBytes)
            return RowReason.IdInvalid;
        if (customerText.Length is 0 or > RowText.MaxBytes)
            return RowReason.CustomerInvalid;
        RowReason reason = RowText.Time(line.Cell(time), out long at);
        if (reason != RowReason.None)
            return reason;
        if (line.Cell(campaign).IsEmpty && !takesNoCampaign)
            return RowReason.CampaignInvalid;
        if (line.Cell(kind).IsEmpty)
            return RowReason.KindInvalid;
        if (!isAscii && (!Utf8.IsValid(idText) || !Utf8.IsValid(customerText) || !extra.IsUtf8(line)))
            return RowReason.Utf8Invalid;
        reason = marks.Read(line, out RowFlags flags);
        if (reason != RowReason.None)
            return reason;
        if (machineOpen >= 0)
        {
            if (!RowMarks.TryFlag(line.Cell(machineOpen), out bool opened))
                return RowReason.MachineOpenInvalid;
            flags |= opened ? RowFlags.MachineOpen : 0;
        }
        if (!extra.TrySize(line, out ushort extraBytes))
            return RowReason.PropertiesInvalid;
        int kindNumber = kinds.Of(line.Cell(kind));
        TouchHead head = new()
        {
            Customer = CustomerKey.Of(customerText, names.Seed, out int customerBytes),
            Time = at,
            Place = RowPlace.Of(number, kindNumber, idText.Length),
            Campaign = campaigns.Of(line.Cell(campaign)),
            Channel = channels.Of(line.Cell(channel)),
            Who = RowCustomer.Of(customerBytes, flags),
            ExtraBytes = extraBytes,
        };
        if (kindNumber < 0 || head.Campaign < 0 || head.Channel < 0)
            return names.ReasonFor(line.Cell(campaign), line.Cell(channel), line.Cell(kind));
        int partition = RowStore.PartitionOf(CustomerKey.Spread(head.Customer, names.Seed));
        ref byte target = ref sink.Reserve(partition, Unsafe.SizeOf<TouchHead>() + head.TextBytes);
        Unsafe.WriteUnaligned(ref target, head);
        target = ref Unsafe.Add(ref target, Unsafe.SizeOf<TouchHead>());
        RowNames.Append(ref target, idText);
        if (customerBytes > 0)
            RowNames.Append(ref Unsafe.Add(ref target, idText.Length), customerText);
        int end = idText.Length + head.Who.AllBytes;
        if (head.Who.AllBytes > customerBytes)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, idText.Length + customerBytes), marks.Owner);
        if (head.ExtraBytes > 0)
            extra.Write(line, MemoryMarshal.CreateSpan(ref Unsafe.Add(ref target, end), head.ExtraBytes));
        TouchId key = TouchId.Of(Core.State.Mix.Bytes(idText, names.Seed), number, out int place);
        Unsafe.WriteUnaligned(ref ids.Reserve(place, TouchId.Size), key);
        return RowReason.None;
    }

    protected override void Close()
    {
        sink.Close();
        ids.Close();
    }
}

/// <summary>Touches by customer, and what is needed to find ids that stand twice.</summary>
internal sealed record TouchStores(RowStore Rows, RowStore Ids);
