using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Throughline.Server.Edge.Rules;

/// <summary>YAML as the JSON it means, with the place of every value by its JSON pointer.</summary>
internal static class YamlJson
{
    /// <summary>The value; null and an issue if the text is no YAML that rule files may be (<see cref="YamlTree"/>).</summary>
    public static JsonElement? Read(
        string text,
        string file,
        ICollection<YamlIssue> issues,
        Dictionary<string, YamlPlace> places
    )
    {
        if (YamlTree.Read(text, file, issues) is not { } root)
            return null;
        return JsonSerializer.SerializeToElement(Convert(root, "", places));
    }

    private static JsonNode? Convert(YamlNode node, string pointer, Dictionary<string, YamlPlace> places)
    {
        places[pointer] = node.Place;
        switch (node)
        {
            case YamlNode.Mapping mapping:
                JsonObject members = [];
                foreach (YamlMember member in mapping.Members)
                {
                    string at = $"{pointer}/{member.Name.Replace("~", "~0").Replace("/", "~1")}";
                    members[member.Name] = Convert(member.Value, at, places);
                }
                return members;
            case YamlNode.Sequence sequence:
                JsonArray items = [];
                foreach (YamlNode item in sequence.Items)
                    items.Add(
                        Convert(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{items.Count}"), places)
                    );
                return items;
            default:
                return Scalar((YamlNode.Scalar)node);
        }
    }

    // Plain scalars of the forms of JSON are what JSON says; anything else is a text.
    private static JsonNode? Scalar(YamlNode.Scalar scalar)
    {
        if (!scalar.IsPlain)
            return JsonValue.Create(scalar.Text);
        if (scalar.IsNull)
            return null;
        if (scalar.Text is "true" or "false")
            return JsonValue.Create(scalar.Text == "true");
        return IsNumber(scalar.Text) ? JsonNode.Parse(scalar.Text) : JsonValue.Create(scalar.Text);
    }

    private static bool IsNumber(string text)
    {
        try
        {
            Utf8JsonReader reader = new(System.Text.Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
