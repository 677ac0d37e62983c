using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Columns beyond those that every file has, as far as a rule's expression may read them. All threads read one file at a time, with
/// one header.
/// </summary>
internal sealed class ExtraColumns(Func<string, bool> isRead, IReadOnlyList<string> standard)
{
    /// <summary>A column of JSON objects: they are the properties then, and no other column is.</summary>
    public const string Properties = "properties";

    private const int Most = 60; // so that those of a line fit in a row

    private readonly Lock gate = new();

    /// <summary>Names of those that are kept, in the order of the header.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>The cells that are kept of a file's lines.</summary>
    /// <exception cref="CommandException">There are too many.</exception>
    public int[] CellsOf(CsvLayout layout)
    {
        string[] kept =
        [
            .. layout.Names.Distinct(StringComparer.Ordinal).Where(name => !standard.Contains(name) && isRead(name)),
        ];
        if (kept.Contains(Properties))
            kept = [.. kept.Where(name => name is Properties or BatchFacts.Creative or BatchFacts.Placement)];
        if (kept.Length > Most)
            throw CommandException.BadInput(
                "too_many_columns",
                $"Expressions of rules may read at most {Most} extra columns; this file has {kept.Length}."
            );
        lock (gate)
            Names = kept;
        return [.. kept.Select(layout.Find)];
    }
}

/// <summary>One thread's extra cells: the length of each in two bytes, then its text.</summary>
internal sealed class ExtraCells(ExtraColumns columns, CsvLayout layout)
{
    /// <summary>Bytes of the longest JSON object.</summary>
    public const int MaxProperties = 32_768;

    private readonly int[] cells = columns.CellsOf(layout);
    private readonly int properties = columns.Names.Contains(ExtraColumns.Properties)
        ? layout.Find(ExtraColumns.Properties)
        : -1;

    /// <summary>Bytes of all of them; what goes beyond the longest text is cut off. False: properties are no object, or there is no room.</summary>
    public bool TrySize(CsvLine line, out ushort bytes)
    {
        int size = 0;
        foreach (int cell in cells)
            size += sizeof(ushort) + TextOf(line, cell).Length;
        bytes = (ushort)size;
        return size <= ushort.MaxValue && (properties < 0 || IsObject(line.Cell(properties)));
    }

    public bool IsUtf8(CsvLine line)
    {
        foreach (int cell in cells)
            if (!Utf8.IsValid(line.Cell(cell)))
                return false;
        return true;
    }

    public void Write(CsvLine line, Span<byte> target)
    {
        foreach (int cell in cells)
        {
            ReadOnlySpan<byte> text = TextOf(line, cell);
            BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)text.Length);
            text.CopyTo(target[sizeof(ushort)..]);
            target = target[(sizeof(ushort) + text.Length)..];
        }
    }

    private ReadOnlySpan<byte> TextOf(CsvLine line, int cell) =>
        cell == properties ? line.Cell(cell) : Cut(line.Cell(cell));

    private static bool IsObject(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        if (text.Length > MaxProperties)
            return false;
        Utf8JsonReader json = new(text);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read())
                if (json.ValueIsEscaped)
                    _ = json.GetString(); // fails on half of a surrogate pair, as it would when a rule reads it
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // At the border of a character.
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (text.Length <= RowText.MaxBytes)
            return text;
        int end = RowText.MaxBytes;
        while ((text[end] & 0xc0) == 0x80)
            end--;
        return text[..end];
    }
}
