using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Identity.Matching;
using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>A small CSV file in memory, plain or <c>.gz</c>; columns are found by name, whatever their letters' case.</summary>
internal sealed class Table
{
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);

    private Table(string file, CsvRows rows)
    {
        File = file;
        for (int i = 0; i < rows.Header.Count; i++)
            columns[rows.Header[i].Trim('\uFEFF')] = i;
        while (rows.Next() is { } row)
            Rows.Add(row);
    }

    public string File { get; }
    public List<IReadOnlyList<string>> Rows { get; } = [];

    /// <summary>Every table below the folder that has these columns.</summary>
    public static List<Table> Find(string folder, params string[] named) =>
        [
            .. Files(folder, "*.csv")
                .Concat(Files(folder, "*.csv.gz"))
                .Where(file => HasColumns(file, named))
                .Select(Read),
        ];

    /// <summary>Files below the folder in ordinal order of their paths.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <exception cref="CommandException">It cannot be read, or is no CSV; the message names it.</exception>
    public static Table Read(string file) =>
        Reading(file, reader => new Table(file, new CsvRows(reader, file, trims: false)));

    public string Get(IReadOnlyList<string> row, string column) =>
        columns.TryGetValue(column, out int at)
            ? row[at]
            : throw CommandException.BadInput("bad_case", $"{File} has no column '{column}'.");

    private static bool HasColumns(string file, string[] named)
    {
        string first = Reading(file, reader => reader.ReadLine() ?? "");
        string[] header = [.. first.Split(',').Select(x => x.Trim('"', ' ', '\r', '\uFEFF'))];
        return named.All(name => header.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static T Reading<T>(string file, Func<StreamReader, T> read)
    {
        try
        {
            using StreamReader reader = new(InputFile.Open(file), Encoding.UTF8);
            return read(reader);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }
}
