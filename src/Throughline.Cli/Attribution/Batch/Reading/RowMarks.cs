using Throughline.Core.State;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Optional cells that touches and conversions have in common: what their actor was, and whose identifier they hang under.</summary>
internal sealed class RowMarks(CsvLayout layout, ulong seed)
{
    private readonly int verdict = layout.Find("verdict");
    private readonly int owner = layout.Find("owner");

    /// <summary>Hash of the last line's owner, if it has one.</summary>
    public ulong Owner { get; private set; }

    public RowReason Read(CsvLine line, out RowFlags flags)
    {
        flags = RowFlags.None;
        if (verdict >= 0)
        {
            if (!TryVerdict(line.Cell(verdict), out bool isBot))
                return RowReason.VerdictInvalid;
            flags |= isBot ? RowFlags.Bot : 0;
        }
        if (owner < 0 || line.Cell(owner).IsEmpty)
            return RowReason.None;
        if (line.Cell(owner).Length > RowText.MaxBytes)
            return RowReason.OwnerInvalid;
        Owner = Mix.Bytes(line.Cell(owner), seed);
        flags |= RowFlags.Owner;
        return RowReason.None;
    }

    /// <summary>Of an empty cell it is not.</summary>
    public static bool TryFlag(ReadOnlySpan<byte> cell, out bool value)
    {
        value = cell.SequenceEqual("true"u8);
        return value || cell.IsEmpty || cell.SequenceEqual("false"u8);
    }

    private static bool TryVerdict(ReadOnlySpan<byte> cell, out bool isBot)
    {
        isBot = cell.SequenceEqual("bot"u8) || cell.SequenceEqual("good_bot"u8);
        return isBot || cell.IsEmpty || cell.SequenceEqual("human"u8) || cell.SequenceEqual("unknown"u8);
    }
}
