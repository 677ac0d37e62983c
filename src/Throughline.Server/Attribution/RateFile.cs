using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Server.Attribution;

/// <summary>
/// A file of exchange rates: CSV with a header line (<c>day,from,to,rate</c>, in any order, with comma, semicolon, tab or bar), YAML, or JSON
/// (which is YAML). What is wrong comes with its line.
/// </summary>
public static class RateFile
{
    private static readonly string[] Columns = ["day", "from", "to", "rate"];
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>The table, or null and at least one issue.</summary>
    /// <param name="file">Its name, for issues.</param>
    public static RateTable? Read(string text, string file, out IReadOnlyList<YamlIssue> found)
    {
        RateTable? table = Read(text, out IReadOnlyList<GateIssue> issues);
        found =
        [
            .. issues.Select(x => new YamlIssue(file, new(Math.Max(1, x.Line), Math.Max(1, x.Column)), x.Message)),
        ];
        return table;
    }

    /// <summary>The same, with the JSON pointer of each issue beside its line.</summary>
    public static RateTable? Read(string text, out IReadOnlyList<GateIssue> found)
    {
        string[] lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        int header = Array.FindIndex(lines, line => line.Trim().Length > 0);
        return header >= 0 && SeparatorOf(lines[header]) is { } separator
            ? ReadCsv(lines, header, separator, out found)
            : ReadYaml(text, out found);
    }

    private static RateTable? ReadYaml(string text, out IReadOnlyList<GateIssue> found)
    {
        List<YamlIssue> malformed = [];
        Dictionary<string, YamlPlace> places = new(StringComparer.Ordinal);
        if (YamlJson.Read(text, "", malformed, places) is not { } json)
        {
            found = [.. malformed.Select(x => new GateIssue("", x.Message, x.Place.Line, x.Place.Column))];
            return null;
        }
        RateTable? table = RateTableJson.Read(json, out found);
        found = [.. found.Select(issue => AttributionRuleFile.Place(issue, places))];
        return table;
    }

    // Rows become the JSON that they mean, so that one reader checks them; issues go back to their lines.
    private static RateTable? ReadCsv(string[] lines, int header, char separator, out IReadOnlyList<GateIssue> found)
    {
        string[] names = Cells(lines[header], separator);
        JsonArray rows = [];
        List<int> lineOf = [];
        List<GateIssue> issues = [];
        foreach (string name in names.Except(Columns))
            issues.Add(new("", $"there is no column '{name}': {string.Join(", ", Columns)} are expected", header + 1));
        foreach (string name in names.GroupBy(x => x).Where(x => x.Count() > 1).Select(x => x.Key))
            issues.Add(new("", $"the column '{name}' stands here twice", header + 1));
        for (int i = header + 1; i < lines.Length && issues.Count == 0; i++)
        {
            if (lines[i].Trim().Length == 0)
                continue;
            string[] cells = Cells(lines[i], separator);
            if (cells.Length != names.Length)
            {
                issues.Add(new($"/rates/{rows.Count}", $"{cells.Length} cells; the header has {names.Length}", i + 1));
                break;
            }
            JsonObject row = [];
            for (int column = 0; column < names.Length; column++)
                if (cells[column].Length > 0)
                    row[names[column]] = cells[column];
            rows.Add(row);
            lineOf.Add(i + 1);
        }
        RateTable? table = null;
        if (issues.Count == 0)
        {
            table = RateTableJson.Read(
                JsonSerializer.SerializeToElement(new JsonObject { ["rates"] = rows }),
                out IReadOnlyList<GateIssue> wrong
            );
            issues.AddRange(wrong.Select(issue => issue with { Line = LineOf(issue.Path, lineOf) }));
        }
        found = issues;
        return table;
    }

    private static int LineOf(string pointer, List<int> lines)
    {
        string[] parts = pointer.Split('/');
        return parts.Length > 2 && int.TryParse(parts[2], out int row) && row < lines.Count ? lines[row] : 1;
    }

    // Of a header line: names of columns, all of one word.
    private static char? SeparatorOf(string line)
    {
        foreach (char separator in Separators)
            if (Columns.All(Cells(line, separator).Contains))
                return separator;
        return null;
    }

    private static string[] Cells(string line, char separator) =>
        [.. line.Split(separator).Select(cell => cell.Trim().Trim('"'))];
}
