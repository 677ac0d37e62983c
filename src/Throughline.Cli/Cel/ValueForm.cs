using System.Globalization;
using System.Text.Json;
using Throughline.Cel;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cli.Cel;

/// <summary>
/// Values in JSON, as the conformance suite writes them: an object with one member that names the kind, such as
/// <c>{"int":"1"}</c> or <c>{"list":[VALUE]}</c>.
/// </summary>
internal static class ValueForm
{
    /// <summary>Reads one; throws <see cref="FormatException"/> for what is none.</summary>
    public static Value Read(JsonElement json, CelEnvironment environment)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() != 1)
            throw new FormatException($"a value is an object with one member, not {JsonParts.Short(json)}");
        JsonProperty member = json.EnumerateObject().First();
        JsonElement content = member.Value;
        return member.Name switch
        {
            "null" => Value.Null,
            "bool" => Value.Of(content.GetBoolean()),
            "int" => Value.Of(long.Parse(content.GetString()!, CultureInfo.InvariantCulture)),
            "uint" => Value.Of(ulong.Parse(content.GetString()!, CultureInfo.InvariantCulture)),
            "double" => Value.Of(double.Parse(content.GetString()!, CultureInfo.InvariantCulture)),
            "string" => Value.Of(content.GetString()!),
            "bytes" => Value.Of(new CelBytes(content.GetBytesFromBase64())),
            "list" => Value.Of(CelLists.Of([.. content.EnumerateArray().Select(x => Read(x, environment))])),
            "map" => Map(content, environment),
            "type" => Value.Of(TypeNamed(content.GetString()!, environment)),
            "enum" => Enum(content, environment),
            "message" => Message(content, environment),
            "timestamp" => Value.Of(new CelTimestamp(Seconds(content), Nanos(content))),
            "duration" => Value.Of(new CelDuration(Seconds(content), Nanos(content))),
            _ => throw new FormatException($"there is no value of kind '{member.Name}'"),
        };
    }

    private static Value Map(JsonElement pairs, CelEnvironment environment)
    {
        List<KeyValuePair<Value, Value>> entries = [];
        foreach (JsonElement pair in pairs.EnumerateArray())
            entries.Add(new(Read(pair[0], environment), Read(pair[1], environment)));
        return CelMaps.TryCreate([.. entries], out CelMap? map, out string? error)
            ? Value.Of(map)
            : throw new FormatException(error);
    }

    private static Value Message(JsonElement json, CelEnvironment environment)
    {
        // What a well-known type turns into stands there ready.
        if (json.TryGetProperty("cel", out JsonElement known))
            return Read(known, environment);
        KeyValuePair<string, Value>[] fields =
        [
            .. json.Members("fields")
                .Select(x => KeyValuePair.Create(x.Name.Trim('[', ']'), Read(x.Value, environment))),
        ];
        Value made = environment.Types.Create(json.Text("type"), fields);
        return made.TryGet(out CelError? error) ? throw new FormatException(error.Message) : made;
    }

    private static Value Enum(JsonElement json, CelEnvironment environment)
    {
        int number = json.GetProperty("value").GetInt32();
        return environment.StrongEnums
            ? Value.Of(new CelEnum(CelType.Enum(json.Text("type")), number))
            : Value.Of((long)number);
    }

    private static CelType TypeNamed(string name, CelEnvironment environment) =>
        name switch
        {
            "bool" => CelType.Bool,
            "int" => CelType.Int,
            "uint" => CelType.Uint,
            "double" => CelType.Double,
            "string" => CelType.String,
            "bytes" => CelType.Bytes,
            "list" => CelType.ListOfDyn,
            "map" => CelType.MapOfDyn,
            "null_type" => CelType.Null,
            "type" => CelType.Type,
            "google.protobuf.Timestamp" => CelType.Timestamp,
            "google.protobuf.Duration" => CelType.Duration,
            _ => environment.Types.TryFindType(name, out CelType? type) ? type : CelType.Opaque(name),
        };

    private static long Seconds(JsonElement json) => long.Parse(json.Text("seconds"), CultureInfo.InvariantCulture);

    private static int Nanos(JsonElement json) => json.GetProperty("nanos").GetInt32();
}
