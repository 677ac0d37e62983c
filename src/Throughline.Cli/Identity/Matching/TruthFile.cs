using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;

namespace Throughline.Cli.Identity.Matching;

/// <summary>Reads which records truly belong together: CSV with the columns <c>record</c> and <c>cluster</c>.</summary>
internal static class TruthFile
{
    /// <summary>Clusters by record.</summary>
    /// <exception cref="CommandException">A column is missing, or a record stands in two clusters.</exception>
    public static Dictionary<string, string> Read(string file)
    {
        try
        {
            using Stream stream = InputFile.Open(file);
            using StreamReader reader = CsvRows.Open(stream);
            CsvRows rows = new(reader, file);
            int record = Column(rows, "record", file);
            int cluster = Column(rows, "cluster", file);
            Dictionary<string, string> truth = new(StringComparer.Ordinal);
            while (rows.Next() is { } row)
            {
                if (row[record].Length == 0 || row[cluster].Length == 0)
                    throw CommandException.BadInput(
                        "bad_truth",
                        $"{file}, line {rows.Line} lacks a record or a cluster."
                    );
                if (
                    !truth.TryAdd(row[record], row[cluster])
                    && !string.Equals(truth[row[record]], row[cluster], StringComparison.Ordinal)
                )
                    throw CommandException.BadInput(
                        "bad_truth",
                        $"{file}, line {rows.Line} puts '{row[record]}' into a second cluster."
                    );
            }
            return truth;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }

    private static int Column(CsvRows rows, string name, string file) =>
        rows.Find(name) is var at and >= 0
            ? at
            : throw CommandException.BadInput(
                "column_missing",
                $"{file} has no column '{name}'. Its columns are {string.Join(", ", rows.Header)}."
            );
}
