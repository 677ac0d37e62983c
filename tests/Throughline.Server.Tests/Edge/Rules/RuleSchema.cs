using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Rules;

/// <summary>
/// The published schema of rule files, and what of JSON Schema it uses: a word that this does not know fails, so that no rule of the
/// schema goes unchecked.
/// </summary>
internal sealed class RuleSchema
{
    private static readonly string[] Notes = ["$schema", "$defs", "title", "description", "default"];

    public JsonElement Root { get; } =
        JsonDocument.Parse(File.ReadAllText(Repository.PathOf("docs/guide/gate-rules.schema.json"))).RootElement;

    /// <summary>What is wrong with a file, each fault with its place; empty: nothing.</summary>
    public IReadOnlyList<string> FaultsOf(string yaml)
    {
        List<YamlIssue> issues = [];
        YamlNode? root = YamlTree.Read(yaml, "f", issues);
        Assert.Empty(issues);
        return Check(Root, root!);
    }

    /// <summary>Each object that the schema describes, by the name of its definition (the file itself: none), with its members.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Members)> Objects() =>
        new[] { ("", Root) }
            .Concat(Root.GetProperty("$defs").EnumerateObject().Select(x => (x.Name, x.Value)))
            .SelectMany(x => Alternatives(x.Item2).Select(schema => (x.Item1, schema)))
            .Where(x => x.schema.TryGetProperty("properties", out _))
            .Select(x =>
                (
                    x.Item1,
                    (IReadOnlyList<string>)
                        [.. x.schema.GetProperty("properties").EnumerateObject().Select(member => member.Name)]
                )
            );

    private static IEnumerable<JsonElement> Alternatives(JsonElement schema) =>
        schema.TryGetProperty("anyOf", out JsonElement any) ? any.EnumerateArray() : [schema];

    private List<string> Check(JsonElement schema, YamlNode node)
    {
        List<string> faults = [];
        foreach (JsonProperty word in schema.EnumerateObject().Where(x => !Notes.Contains(x.Name)))
            faults.AddRange(Check(word, schema, node));
        return faults;
    }

    private IReadOnlyList<string> Check(JsonProperty word, JsonElement schema, YamlNode node)
    {
        switch (word.Name)
        {
            case "$ref":
                return Check(Root.GetProperty("$defs").GetProperty(word.Value.GetString()!["#/$defs/".Length..]), node);
            case "anyOf":
                List<string>[] each = [.. word.Value.EnumerateArray().Select(x => Check(x, node))];
                return each.Any(x => x.Count == 0) ? [] : [.. each.SelectMany(x => x)];
            case "type":
                string[] types =
                    word.Value.ValueKind == JsonValueKind.Array
                        ? [.. word.Value.EnumerateArray().Select(x => x.GetString()!)]
                        : [word.Value.GetString()!];
                return Fault(types.Any(type => IsOf(type, node)), node, $"is not {string.Join(" or ", types)}");
            case "enum":
                bool isOne = word.Value.EnumerateArray().Any(x => x.GetString() == Text(node));
                return Fault(isOne, node, $"'{Text(node)}' is not one of {word.Value}");
            case "const":
                return Fault(word.Value.GetRawText() == Text(node), node, $"is not {word.Value}");
            case "pattern":
                bool fits = !IsOf("string", node) || Regex.IsMatch(Text(node)!, word.Value.GetString()!);
                return Fault(fits, node, $"'{Text(node)}' does not fit {word.Value}");
            case "minimum":
                return Fault(Number(node) is not { } least || least >= word.Value.GetDouble(), node, "is too small");
            case "maximum":
                return Fault(Number(node) is not { } most || most <= word.Value.GetDouble(), node, "is too large");
            case "minItems":
                bool enough = node is not YamlNode.Sequence list || list.Items.Count >= word.Value.GetInt32();
                return Fault(enough, node, "has too few items");
            case "items":
                return node is YamlNode.Sequence items ? [.. items.Items.SelectMany(x => Check(word.Value, x))] : [];
            case "required":
                IEnumerable<string> missing = word
                    .Value.EnumerateArray()
                    .Select(x => x.GetString()!)
                    .Except(Names(node));
                return node is YamlNode.Mapping ? [.. missing.Select(x => $"{At(node.Place)}: '{x}' is missing")] : [];
            case "properties":
                return [.. Members(node).SelectMany(x => Known(word.Value, x))];
            case "additionalProperties":
                return [.. Members(node).Where(x => !IsKnown(schema, x.Name)).SelectMany(x => Other(word.Value, x))];
            default:
                throw new NotSupportedException(word.Name);
        }
    }

    private List<string> Known(JsonElement properties, YamlMember member) =>
        properties.TryGetProperty(member.Name, out JsonElement its) ? Check(its, member.Value) : [];

    private List<string> Other(JsonElement schema, YamlMember member) =>
        schema.ValueKind == JsonValueKind.False
            ? [$"{At(member.Place)}: unknown member '{member.Name}'"]
            : Check(schema, member.Value);

    private static bool IsKnown(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(name, out _);

    private static IReadOnlyList<string> Fault(bool holds, YamlNode node, string text) =>
        holds ? [] : [$"{At(node.Place)}: {text}"];

    private static string At(YamlPlace place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place.Line}:{place.Column}");

    private static IReadOnlyList<YamlMember> Members(YamlNode node) => (node as YamlNode.Mapping)?.Members ?? [];

    private static IEnumerable<string> Names(YamlNode node) => Members(node).Select(x => x.Name);

    private static string? Text(YamlNode node) => (node as YamlNode.Scalar)?.Text;

    private static double? Number(YamlNode node) =>
        node is YamlNode.Scalar { IsPlain: true } plain
        && double.TryParse(plain.Text, CultureInfo.InvariantCulture, out double number)
            ? number
            : null;

    // As an editor reads plain scalars: YAML 1.2's core schema.
    private static bool IsOf(string type, YamlNode node) =>
        type switch
        {
            "object" => node is YamlNode.Mapping,
            "array" => node is YamlNode.Sequence,
            "null" => node is YamlNode.Scalar { IsNull: true },
            "boolean" => node is YamlNode.Scalar { IsPlain: true, Text: "true" or "false" },
            "integer" => Number(node) is { } number && double.IsInteger(number),
            "number" => Number(node) is not null,
            "string" => node is YamlNode.Scalar
                && !IsOf("null", node)
                && !IsOf("boolean", node)
                && !IsOf("number", node),
            _ => throw new NotSupportedException(type),
        };
}
