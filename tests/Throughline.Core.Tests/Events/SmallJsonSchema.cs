using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Throughline.Core.Tests.Events;

/// <summary>
/// As much of JSON Schema 2020-12 as the event schema uses; an unknown keyword throws, so that nothing is passed over in silence.
/// </summary>
internal static class SmallJsonSchema
{
    /// <summary>The first keyword that the value breaks, or null if it is valid.</summary>
    public static string? Find(JsonElement root, JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return "false";
        if (schema.ValueKind == JsonValueKind.True)
            return null;
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!Holds(root, schema, keyword.Name, keyword.Value, value))
                return $"{keyword.Name} at {value}";
        }
        return null;
    }

    private static bool Holds(JsonElement root, JsonElement schema, string keyword, JsonElement rule, JsonElement value)
    {
        bool Valid(JsonElement inner) => Find(root, inner, value) is null;
        bool isObject = value.ValueKind == JsonValueKind.Object;
        bool isText = value.ValueKind == JsonValueKind.String;
        bool isNumber = value.ValueKind == JsonValueKind.Number;
        switch (keyword)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description" or "default" or "format" or "then" or "else":
                return true;
            case "$ref":
                return Valid(root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]));
            case "type":
                return IsType(rule.GetString()!, value);
            case "const":
                return JsonElement.DeepEquals(rule, value);
            case "enum":
                return rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value));
            case "allOf":
                return rule.EnumerateArray().All(Valid);
            case "anyOf":
                return rule.EnumerateArray().Any(Valid);
            case "oneOf":
                return rule.EnumerateArray().Count(Valid) == 1;
            case "not":
                return !Valid(rule);
            case "if":
                return !schema.TryGetProperty(Valid(rule) ? "then" : "else", out JsonElement branch) || Valid(branch);
            case "required":
                return !isObject || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "properties":
                return !isObject
                    || rule.EnumerateObject()
                        .All(p =>
                            !value.TryGetProperty(p.Name, out JsonElement member) || Find(root, p.Value, member) is null
                        );
            case "additionalProperties":
                return !isObject
                    || value
                        .EnumerateObject()
                        .Where(p =>
                            !schema.TryGetProperty("properties", out JsonElement known)
                            || !known.TryGetProperty(p.Name, out _)
                        )
                        .All(p => Find(root, rule, p.Value) is null);
            case "propertyNames":
                return !isObject
                    || value
                        .EnumerateObject()
                        .All(p => Find(root, rule, JsonSerializer.SerializeToElement(p.Name)) is null);
            case "minProperties":
                return !isObject || value.EnumerateObject().Count() >= rule.GetInt32();
            case "maxProperties":
                return !isObject || value.EnumerateObject().Count() <= rule.GetInt32();
            case "items":
                return value.ValueKind != JsonValueKind.Array
                    || value.EnumerateArray().All(item => Find(root, rule, item) is null);
            case "minItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32();
            case "maxItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32();
            case "uniqueItems":
                return value.ValueKind != JsonValueKind.Array
                    || value.EnumerateArray().Select(item => item.GetRawText()).Distinct().Count()
                        == value.GetArrayLength();
            case "minLength":
                return !isText || value.GetString()!.EnumerateRunes().Count() >= rule.GetInt32();
            case "maxLength":
                return !isText || value.GetString()!.EnumerateRunes().Count() <= rule.GetInt32();
            case "pattern":
                return !isText
                    || Regex.IsMatch(
                        value.GetString()!,
                        rule.GetString()!,
                        RegexOptions.ECMAScript,
                        TimeSpan.FromSeconds(1)
                    );
            case "minimum":
                return !isNumber || value.GetDecimal() >= rule.GetDecimal();
            case "maximum":
                return !isNumber || value.GetDecimal() <= rule.GetDecimal();
            default:
                throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"keyword {keyword}"));
        }
    }

    private static bool IsType(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => throw new NotSupportedException($"type {type}"),
        };
}
