using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Identity.Matching;

/// <summary>
/// Reads the records of several files, CSV with a header or JSON objects one a line, told apart by the first character. Ids are
/// unique over all files. A mapped column may be missing in some of the files, not in all.
/// </summary>
internal sealed class RecordFiles(IReadOnlyList<string> idColumns, IReadOnlyList<MappedColumn> columns)
{
    private const int HeadLength = 256;
    private readonly Dictionary<string, string> placeOfId = new(StringComparer.Ordinal);
    private readonly List<SourceRecord> records = [];
    private readonly bool[] seen = new bool[columns.Count];

    /// <exception cref="CommandException">A file, line or column is wrong; the message names it.</exception>
    public IReadOnlyList<SourceRecord> Read(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        foreach (string file in files)
        {
            try
            {
                ReadOne(file, cancellation);
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                throw InputFile.CannotRead(file, error);
            }
        }
        for (int i = 0; i < columns.Count; i++)
            if (!seen[i])
                throw CommandException.BadInput(
                    "column_missing",
                    $"No record of {string.Join(", ", files)} has the column '{columns[i].Column}'."
                );
        return records;
    }

    private void ReadOne(string file, CancellationToken cancellation)
    {
        using Stream stream = InputFile.Open(file);
        using HeadStream peeked = new(stream, HeadLength);
        switch (FirstOf(peeked.Head))
        {
            case '{':
                ReadJson(peeked, file, cancellation);
                break;
            case '[':
                throw CommandException.BadInput("bad_line", $"{file} is one JSON array: write its objects one a line.");
            default:
                ReadCsv(peeked, file, cancellation);
                break;
        }
    }

    private void ReadCsv(Stream stream, string file, CancellationToken cancellation)
    {
        using StreamReader reader = CsvRows.Open(stream);
        CsvRows rows = new(reader, file);
        int[] ids = [.. idColumns.Select(rows.Find)];
        if (Array.IndexOf(ids, -1) is var missing and >= 0)
            throw NoColumn(file, idColumns[missing], rows.Header);
        int[] at = [.. columns.Select(x => rows.Find(x.Column))];
        if (at.All(x => x < 0))
            throw NoColumn(file, columns[0].Column, rows.Header);
        while (rows.Next() is { } row)
        {
            cancellation.ThrowIfCancellationRequested();
            List<SourceValue> values = [];
            for (int i = 0; i < at.Length; i++)
                if (at[i] >= 0 && row[at[i]].Length > 0)
                    values.Add(new(columns[i].Field, 0, row[at[i]]));
            Add([.. ids.Select(x => row[x])], values, file, rows.Line);
        }
        for (int i = 0; i < at.Length; i++)
            seen[i] |= at[i] >= 0;
    }

    private void ReadJson(Stream stream, string file, CancellationToken cancellation)
    {
        using LineReader lines = new(stream);
        JsonRows rows = new(columns);
        while (lines.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
        {
            cancellation.ThrowIfCancellationRequested();
            if (tooLong)
                throw BadLine(file, lines.Line, $"is longer than {LineReader.MaxLineBytes >> 10} KiB");
            if (line.Trim(" \t"u8).IsEmpty)
                continue;
            using JsonDocument document = Parse(line, file, lines.Line);
            JsonElement record = document.RootElement;
            if (record.ValueKind != JsonValueKind.Object)
                throw BadLine(file, lines.Line, "is no JSON object");
            (string?[] ids, List<SourceValue> values) = ValuesOf(record, rows, file, lines.Line);
            if (Array.IndexOf(ids, null) is var missing and >= 0)
                throw BadLine(file, lines.Line, $"has no id: there is no value of '{idColumns[missing]}'");
            Add(ids, values, file, lines.Line);
        }
        for (int i = 0; i < seen.Length; i++)
            seen[i] |= rows.Seen[i];
    }

    private (string?[] Ids, List<SourceValue> Values) ValuesOf(
        JsonElement record,
        JsonRows rows,
        string file,
        long line
    )
    {
        try
        {
            return ([.. idColumns.Select(x => JsonRows.TextOf(record, x))], rows.Read(record));
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json finds bytes that are no UTF-8, and half surrogates, only when a text is taken out
            throw BadLine(file, line, "holds a text that is not UTF-8, or half of a surrogate pair");
        }
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> line, string file, long number)
    {
        try
        {
            Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = 32 });
            JsonDocument document = JsonDocument.ParseValue(ref reader);
            return line[(int)reader.BytesConsumed..].Trim(" \t"u8).IsEmpty
                ? document
                : throw BadLine(file, number, "has something after its JSON object");
        }
        catch (JsonException error)
        {
            throw BadLine(file, number, $"is no JSON: {error.Message}");
        }
    }

    private void Add(string?[] ids, List<SourceValue> values, string file, long line)
    {
        string id = string.Join(':', ids);
        if (ids.Any(x => x!.Length == 0))
            throw BadLine(file, line, "has an empty id");
        string place = $"{file}, line {line}";
        if (!placeOfId.TryAdd(id, place))
            throw CommandException.BadInput(
                "duplicate_id",
                $"The id '{id}' stands on two records: {placeOfId[id]} and {place}."
            );
        records.Add(new(id, values));
    }

    private static CommandException NoColumn(string file, string column, IReadOnlyList<string> header) =>
        CommandException.BadInput(
            "column_missing",
            $"{file} has no column '{column}'. Its columns are {string.Join(", ", header)}."
        );

    private static CommandException BadLine(string file, long line, string what) =>
        CommandException.BadInput("bad_line", $"{file}, line {line} {what}.");

    // The first character of a file, after a byte order mark and white space.
    private static char FirstOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8))
            head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        return head.IsEmpty ? '\0' : (char)head[0];
    }
}
