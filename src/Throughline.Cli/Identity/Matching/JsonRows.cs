using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Identity.Matching;

/// <summary>
/// Reads a record from a JSON object by paths: <c>a.b</c> is a member of a member, <c>a[].b</c> the member <c>b</c> of every element
/// of the array <c>a</c>. Values out of the same element of an array are one group.
/// </summary>
internal sealed class JsonRows
{
    private readonly (MappedColumn Column, string[] Steps)[] paths;

    public JsonRows(IReadOnlyList<MappedColumn> columns)
    {
        paths = [.. columns.Select(x => (x, x.Column.Split('.')))];
        Seen = new bool[columns.Count];
    }

    /// <summary>Which columns some record had, even if null.</summary>
    public bool[] Seen { get; }

    /// <summary>The values of the mapped columns.</summary>
    public List<SourceValue> Read(JsonElement record)
    {
        List<SourceValue> values = [];
        Dictionary<string, int> groups = new(StringComparer.Ordinal);
        for (int i = 0; i < paths.Length; i++)
            Walk(record, i, step: 0, element: "", values, groups);
        return values;
    }

    /// <summary>The text of a value by a path without arrays; null if there is none.</summary>
    public static string? TextOf(JsonElement record, string path)
    {
        foreach (string step in path.Split('.'))
            if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty(step, out record))
                return null;
        return Text(record);
    }

    private void Walk(
        JsonElement at,
        int path,
        int step,
        string element,
        List<SourceValue> values,
        Dictionary<string, int> groups
    )
    {
        string[] steps = paths[path].Steps;
        if (step == steps.Length)
        {
            Seen[path] = true;
            if (at.ValueKind == JsonValueKind.Array)
                foreach (JsonElement item in at.EnumerateArray())
                    Add(item);
            else
                Add(at);
            return;
        }
        bool isArray = steps[step].EndsWith("[]", StringComparison.Ordinal);
        string name = isArray ? steps[step][..^2] : steps[step];
        if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out JsonElement member))
            return;
        if (!isArray)
        {
            Walk(member, path, step + 1, element, values, groups);
            return;
        }
        if (member.ValueKind != JsonValueKind.Array)
            return;
        int index = 0;
        foreach (JsonElement item in member.EnumerateArray())
            Walk(item, path, step + 1, $"{element}/{name}/{index++}", values, groups);

        void Add(JsonElement value)
        {
            if (Text(value) is not { Length: > 0 } text)
                return;
            if (!groups.TryGetValue(element, out int group))
                groups[element] = group = element.Length == 0 ? 0 : groups.Count + 1;
            values.Add(new(paths[path].Column.Field, group, text));
        }
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
}
