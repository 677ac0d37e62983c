using System.Text;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Which cell of a line holds what, by the names in the file's header, which may stand in any order.</summary>
internal sealed class CsvLayout
{
    private readonly int[] cellOf;

    private CsvLayout(string[] names, int[] cellOf, byte separator)
    {
        Names = names;
        this.cellOf = cellOf;
        Separator = separator;
    }

    /// <summary>Names of all columns, as the header has them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The one of comma, semicolon, tab and bar that the header has most of.</summary>
    public byte Separator { get; }

    /// <summary>Cells that every line has.</summary>
    public int Cells => Names.Count;

    /// <summary>The cell of a column, by its place among those that were asked for.</summary>
    public int this[int column] => cellOf[column];

    /// <summary>The cell of any column; -1 if there is none of this name.</summary>
    public int Find(string name) => ((IList<string>)Names).IndexOf(name);

    /// <exception cref="CommandException">A column is missing or there twice, or this is no header.</exception>
    public static CsvLayout Of(ReadOnlySpan<byte> header, IReadOnlyList<string> columns, string file)
    {
        string line = Encoding.UTF8.GetString(header).TrimEnd('\r');
        char separator = ",;\t|".MaxBy(x => line.Count(c => c == x));
        string[] names = [.. line.Split(separator).Select(name => name.Trim().Trim('"').Trim())];
        int[] cells = [.. columns.Select(column => Array.IndexOf(names, column))];
        string[] missing = [.. columns.Where((_, i) => cells[i] < 0)];
        if (missing.Length > 0)
            throw CommandException.BadInput(
                "column_missing",
                $"{file}:1: the header has no column {string.Join(", ", missing.Select(name => $"'{name}'"))}; it needs {string.Join(',', columns)}, in any order."
            );
        foreach (string column in columns)
            if (names.Count(name => name == column) > 1)
                throw CommandException.BadInput(
                    "column_twice",
                    $"{file}:1: the header has the column '{column}' twice."
                );
        return new(names, cells, (byte)separator);
    }
}
