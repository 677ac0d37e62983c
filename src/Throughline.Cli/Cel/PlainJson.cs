using System.Text.Json;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cli.Cel;

/// <summary>
/// Values in plain JSON, as people write them. Read: integral numbers are ints unless the type says otherwise; timestamps,
/// durations and bytes (base64) are strings. Written: the same, with what JSON cannot say as a string.
/// </summary>
internal static class PlainJson
{
    /// <summary>An error value if the JSON is not of the type.</summary>
    public static Value Read(JsonElement json, CelType type)
    {
        JsonValueKind kind = json.ValueKind;
        return type.Kind switch
        {
            TypeKind.Wrapper when kind == JsonValueKind.Null => Value.Null,
            TypeKind.Wrapper => Read(json, type.Parameters[0]),
            TypeKind.Null when kind == JsonValueKind.Null => Value.Null,
            TypeKind.Bool when kind is JsonValueKind.True or JsonValueKind.False => Value.Of(json.GetBoolean()),
            TypeKind.Int when kind == JsonValueKind.Number && json.TryGetInt64(out long x) => Value.Of(x),
            TypeKind.Uint when kind == JsonValueKind.Number && json.TryGetUInt64(out ulong x) => Value.Of(x),
            TypeKind.Double when kind == JsonValueKind.Number => Value.Of(json.GetDouble()),
            TypeKind.String when kind == JsonValueKind.String => Value.Of(json.GetString()!),
            TypeKind.Bytes when kind == JsonValueKind.String && json.TryGetBytesFromBase64(out byte[]? x) => Value.Of(
                new CelBytes(x)
            ),
            TypeKind.Timestamp when kind == JsonValueKind.String => Timestamps.Parse(json.GetString())
                ?? Wrong(json, type),
            TypeKind.Duration when kind == JsonValueKind.String => Durations.Parse(json.GetString())
                ?? Wrong(json, type),
            TypeKind.List when kind == JsonValueKind.Array => List(json, type.Parameters[0]),
            TypeKind.Map when kind == JsonValueKind.Object => Map(json, type),
            TypeKind.Dyn or TypeKind.Any => NativeValues.Of(json),
            _ => Wrong(json, type),
        };
    }

    /// <summary>What <see cref="JsonSerializer"/> writes for a value.</summary>
    public static object? Write(Value value) =>
        value.Kind switch
        {
            ValueKind.Null => null,
            ValueKind.Bool => value.Bool,
            ValueKind.Int => value.Int,
            ValueKind.Uint => value.Uint,
            ValueKind.Double when double.IsFinite(value.Double) => value.Double,
            ValueKind.Double => double.IsNaN(value.Double) ? "NaN"
            : value.Double > 0 ? "Infinity"
            : "-Infinity",
            ValueKind.String => value.String,
            ValueKind.Type => value.TryGet(out CelType? type) ? type.Name : "",
            _ => Write(value.Object!),
        };

    private static object? Write(CelObject value) =>
        value switch
        {
            CelBytes bytes => Convert.ToBase64String(bytes.Data.Span),
            CelTimestamp time => Timestamps.Text(time),
            CelDuration span => Durations.Text(span),
            CelEnum number => number.Number,
            CelOptional optional => optional.HasValue ? Write(optional.Value) : null,
            CelList list => Enumerable.Range(0, list.Count).Select(i => Write(list[i])).ToArray(),
            CelMap map => map.Keys.ToDictionary(
                key => key.Kind == ValueKind.String ? key.String : key.ToString(),
                key => map.TryGet(key, out Value item) ? Write(item) : null
            ),
            CelMessage message => message.SetFields.ToDictionary(
                field => field,
                field => message.TryGet(field, out Value item) ? Write(item) : null
            ),
            _ => Value.Of(value).ToString(),
        };

    private static Value List(JsonElement json, CelType element)
    {
        Value[] items = [.. json.EnumerateArray().Select(x => Read(x, element))];
        return Array.Find(items, x => x.IsError) is { IsError: true } error ? error : Value.Of(CelLists.Of(items));
    }

    private static Value Map(JsonElement json, CelType type)
    {
        List<KeyValuePair<Value, Value>> entries = [];
        foreach (JsonProperty member in json.EnumerateObject())
        {
            Value key = Key(member.Name, type.Parameters[0]);
            Value value = Read(member.Value, type.Parameters[1]);
            if (key.IsError || value.IsError)
                return key.IsError ? key : value;
            entries.Add(new(key, value));
        }
        return CelMaps.TryCreate([.. entries], out CelMap? map, out string? error) ? Value.Of(map) : Value.Error(error);
    }

    // The keys of JSON are strings: those of other types stand in them as JSON writes them.
    private static Value Key(string name, CelType type)
    {
        if (type.Kind is TypeKind.String or TypeKind.Dyn)
            return Value.Of(name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(name);
            return Read(document.RootElement, type);
        }
        catch (JsonException)
        {
            return Value.Error($"the key \"{name}\" is no {type}");
        }
    }

    private static Value Wrong(JsonElement json, CelType type) => Value.Error($"{JsonParts.Short(json)} is no {type}");
}
