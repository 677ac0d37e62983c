using System.Text;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Identity.Matching;

/// <summary>
/// Writes what matching found: links, one a line, as CSV or as JSON objects by the file's name, and groups as CSV. Ids, tiers and scores
/// alone: no value of a record.
/// </summary>
internal static class LinkFile
{
    private static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>Writes every link; gives how many.</summary>
    public static int WriteLinks(string path, MatchResult result, MatchStrategy strategy)
    {
        using TextWriter writer = Create(path);
        bool csv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        string by = FormattableString.Invariant($"{strategy.Name}/{strategy.Version}");
        if (csv)
            writer.WriteLine("a,b,tier,score,fate,strategy");
        int count = 0;
        foreach (MatchLink link in result.Links)
        {
            count++;
            double score = Math.Round(link.Score, 3, MidpointRounding.ToEven);
            string fate = JsonNamingPolicy.SnakeCaseLower.ConvertName(link.Fate.ToString());
            if (csv)
                writer.WriteLine(
                    FormattableString.Invariant(
                        $"{Cell(link.A)},{Cell(link.B)},{Cell(link.Tier)},{score},{fate},{Cell(by)}"
                    )
                );
            else
                writer.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            link.A,
                            link.B,
                            link.Tier,
                            score,
                            fate,
                            strategy = by,
                        },
                        CommandOutput.JsonForm
                    )
                );
        }
        return count;
    }

    /// <summary>Writes the group of every record: <c>record,cluster</c>, the cluster being the first of its records' ids.</summary>
    public static void WriteClusters(string path, MatchResult result)
    {
        using TextWriter writer = Create(path);
        writer.WriteLine("record,cluster");
        foreach ((string record, string cluster) in result.Clusters)
            writer.WriteLine($"{Cell(record)},{Cell(cluster)}");
    }

    private static StreamWriter Create(string path)
    {
        try
        {
            return new(path, append: false, Utf8) { NewLine = "\n" };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unwritable", $"'{path}' cannot be written: {error.Message}", error);
        }
    }

    private static string Cell(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
