using System.Text;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Identity.Matching;

/// <summary>
/// Reads CSV as RFC 4180 says: quoted cells may hold separators, line ends and doubled quotes. The separator is the one of comma,
/// semicolon, tab and bar that the header has most of. Cells and names of columns are trimmed unless told otherwise; empty
/// lines are skipped.
/// </summary>
internal sealed class CsvRows
{
    private const int CellMax = 1 << 20;

    // No character (Unicode, 23.7): stands for bytes that are no UTF-8, so that the line they are on can be told.
    private const char NoText = '\uFFFF';

    private static readonly Encoding Utf8 = Encoding.GetEncoding(
        "utf-8",
        EncoderFallback.ExceptionFallback,
        new DecoderReplacementFallback(NoText.ToString())
    );

    private readonly TextReader reader;
    private readonly string file;
    private readonly StringBuilder cell = new();
    private readonly List<string> cells = [];
    private readonly bool trims;
    private char separator = ',';
    private long line = 1;

    /// <summary>A file's text, in UTF-8, or in UTF-16 if it begins with the mark of that; what is no text in it is refused by line.</summary>
    public static StreamReader Open(Stream stream) => new(stream, Utf8);

    /// <summary>Reads the header.</summary>
    /// <exception cref="CommandException">It is no text.</exception>
    public CsvRows(TextReader reader, string file, bool trims = true)
    {
        this.trims = trims;
        this.reader = reader;
        this.file = file;
        string header = reader.ReadLine() ?? "";
        separator = ",;\t|".MaxBy(x => header.Count(c => c == x));
        Header = new CsvRows(new StringReader(header), file, separator).Row() ?? [];
        Line = line = 2;
    }

    private CsvRows(TextReader reader, string file, char separator)
    {
        (this.reader, this.file, this.separator, trims) = (reader, file, separator, true);
        Header = [];
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The line on which the last row began.</summary>
    public long Line { get; private set; }

    /// <summary>Index of a column; -1 if there is none of this name.</summary>
    /// <exception cref="CommandException">There are two.</exception>
    public int Find(string column)
    {
        int found = -1;
        for (int i = 0; i < Header.Count; i++)
            if (string.Equals(Header[i], column, StringComparison.Ordinal))
                found =
                    found < 0
                        ? i
                        : throw CommandException.BadInput(
                            "column_twice",
                            $"{file}, line 1: the header has the column '{column}' twice."
                        );
        return found;
    }

    /// <summary>The next row with as many cells as the header, empty ones added where it has fewer; null at the end.</summary>
    /// <exception cref="CommandException">A quote is not closed, or a row has more cells than the header.</exception>
    public IReadOnlyList<string>? Next()
    {
        while (Row() is { } row)
        {
            if (row.Length == 1 && row[0].Length == 0)
                continue;
            if (row.Length > Header.Count && row.Skip(Header.Count).Any(x => x.Length > 0))
                throw Wrong($"has {row.Length} cells, and the header {Header.Count}");
            Array.Resize(ref row, Header.Count);
            for (int i = 0; i < row.Length; i++)
                row[i] ??= "";
            return row;
        }
        return null;
    }

    private string[]? Row()
    {
        Line = line;
        cells.Clear();
        cell.Clear();
        bool any = false;
        while (reader.Read() is int read and >= 0)
        {
            any = true;
            var c = (char)read;
            if (c == NoText)
                throw NotUtf8();
            if (c == '"' && IsBlank())
                Quoted();
            else if (c == separator)
                End();
            else if (c == '\n')
            {
                line++;
                End();
                return [.. cells];
            }
            else if (cell.Length < CellMax)
                cell.Append(c);
            else
                throw Wrong("has a cell of more than 1 MiB");
        }
        if (!any)
            return null;
        End();
        return [.. cells];
    }

    private void Quoted()
    {
        cell.Clear();
        while (reader.Read() is int read and >= 0)
        {
            if (read == '\n')
                line++;
            if (read == NoText)
                throw NotUtf8();
            if (read != '"')
            {
                if (cell.Length >= CellMax)
                    throw Wrong("has a cell of more than 1 MiB; is a quote not closed?");
                cell.Append((char)read);
            }
            else if (reader.Peek() == '"')
                cell.Append((char)reader.Read());
            else
                return;
        }
        throw Wrong("opens a quote that is never closed");
    }

    private bool IsBlank()
    {
        for (int i = 0; i < cell.Length; i++)
            if (!char.IsWhiteSpace(cell[i]))
                return false;
        return true;
    }

    private void End()
    {
        string text = cell.ToString();
        cells.Add(trims ? text.Trim() : text.TrimEnd('\r'));
        cell.Clear();
    }

    private CommandException NotUtf8() =>
        CommandException.BadInput("utf8_invalid", $"{file}, line {line} is not UTF-8.");

    private CommandException Wrong(string what) => CommandException.BadInput("bad_csv", $"{file}, line {Line} {what}.");
}
