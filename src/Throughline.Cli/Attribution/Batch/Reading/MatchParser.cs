using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Matches: lines of <see cref="Columns"/>, how well two owners of a customer match.</summary>
internal sealed class MatchParser(CsvLayout layout, RowNames names, RowStore store) : RowParser
{
    public static readonly string[] Columns = ["customer", "a", "b", "tier"];

    private readonly RowStore.Sink sink = store.NewSink();
    private readonly int customer = layout[0];
    private readonly int a = layout[1];
    private readonly int b = layout[2];
    private readonly int tier = layout[3];

    protected override RowReason Add(CsvLine line, long number, bool isAscii)
    {
        ReadOnlySpan<byte> customerText = line.Cell(customer);
        if (customerText.Length is 0 or > RowText.MaxBytes)
            return RowReason.CustomerInvalid;
        if (line.Cell(a).Length is 0 or > RowText.MaxBytes || line.Cell(b).Length is 0 or > RowText.MaxBytes)
            return RowReason.OwnerInvalid;
        if (!RowText.TryWhole(line.Cell(tier), out long value) || value > byte.MaxValue)
            return RowReason.TierInvalid;
        if (!isAscii && !Utf8.IsValid(customerText))
            return RowReason.Utf8Invalid;
        MatchHead head = new()
        {
            Customer = CustomerKey.Of(customerText, names.Seed, out int bytes),
            A = Mix.Bytes(line.Cell(a), names.Seed),
            B = Mix.Bytes(line.Cell(b), names.Seed),
            CustomerBytes = (ushort)bytes,
            Tier = (ushort)value,
        };
        int partition = RowStore.PartitionOf(CustomerKey.Spread(head.Customer, names.Seed));
        int size = Unsafe.SizeOf<MatchHead>() + bytes;
        Span<byte> target = MemoryMarshal.CreateSpan(ref sink.Reserve(partition, size), size);
        MemoryMarshal.Write(target, head);
        customerText[..bytes].CopyTo(target[Unsafe.SizeOf<MatchHead>()..]);
        return RowReason.None;
    }

    protected override void Close() => sink.Close();
}
