using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Server.Attribution;

/// <summary>
/// A file of attribution rules, YAML or JSON (which is YAML): the document that the API takes and the batch driver runs. What is wrong
/// comes with its line and column.
/// </summary>
public static class AttributionRuleFile
{
    /// <summary>The document, or null and at least one issue.</summary>
    /// <param name="text">The file's text: a document with <c>rules</c>, or one rule alone.</param>
    /// <param name="file">Its name, for issues.</param>
    /// <param name="found">What is wrong, with line and column.</param>
    /// <param name="isDated">The file may say what was published when, as those of the batch driver may.</param>
    /// <param name="knows">Whether a weight table is there without being in the file, by name and version.</param>
    public static AttributionDocument? Read(
        string text,
        string file,
        out IReadOnlyList<YamlIssue> found,
        bool isDated = false,
        Func<(string Name, int Version), bool>? knows = null
    )
    {
        AttributionDocument? document = Read(text, out IReadOnlyList<GateIssue> issues, isDated: isDated, knows: knows);
        found =
        [
            .. issues.Select(x => new YamlIssue(file, new(Math.Max(1, x.Line), Math.Max(1, x.Column)), x.Message)),
        ];
        return document;
    }

    /// <summary>The same, with the JSON pointer of each issue beside its line and column.</summary>
    /// <param name="retentionMs">No window is longer.</param>
    public static AttributionDocument? Read(
        string text,
        out IReadOnlyList<GateIssue> found,
        long retentionMs = AttributionRule.MaxWindowMs,
        bool isDated = false,
        Func<(string Name, int Version), bool>? knows = null
    )
    {
        List<YamlIssue> malformed = [];
        Dictionary<string, YamlPlace> places = new(StringComparer.Ordinal);
        if (YamlJson.Read(text, "", malformed, places) is not { } json)
        {
            found = [.. malformed.Select(x => new GateIssue("", x.Message, x.Place.Line, x.Place.Column))];
            return null;
        }
        bool isRule = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("windows", out _);
        AttributionDocument? document;
        if (!isRule)
            document = AttributionDocument.Read(json, out found, retentionMs, isDated, knows);
        else
            document = AttributionRuleJson.Read(json, out found, retentionMs) is { } rule ? new([rule], []) : null;
        if (
            isRule
            && document?.Rules[0].Model is { Kind: ModelKind.DataDriven, Table: var table }
            && knows?.Invoke(table) != true
        )
            (document, found) = (
                null,
                [new GateIssue("/model/table", $"there is no weight table {table.Name}@{table.Version}")]
            );
        found = [.. found.Select(issue => Place(issue, places))];
        return document;
    }

    // The place of the value itself, else of what it would be part of.
    internal static GateIssue Place(GateIssue issue, Dictionary<string, YamlPlace> places)
    {
        string pointer = issue.Path;
        while (!places.ContainsKey(pointer) && pointer.LastIndexOf('/') is >= 0 and int slash)
            pointer = pointer[..slash];
        YamlPlace place = places.GetValueOrDefault(pointer, new(1, 1));
        return issue with { Line = place.Line, Column = place.Column };
    }
}
