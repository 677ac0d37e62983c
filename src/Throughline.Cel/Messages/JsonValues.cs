using System.Globalization;
using System.Runtime.CompilerServices;
using Throughline.Cel.Values;

namespace Throughline.Cel.Messages;

/// <summary>
/// Values as <c>google.protobuf.Value</c> holds them (specification, "JSON Data Conversion"): null, bool, double, string, and
/// lists and maps of these. Integers that a double cannot hold become text, as do bytes (base64) and times.
/// </summary>
internal static class JsonValues
{
    // 2^53 - 1: up to it, doubles hold every integer.
    private const long MaxInteger = 9_007_199_254_740_991;

    public static Value Of(Value value) =>
        value.Kind switch
        {
            ValueKind.Null or ValueKind.Bool or ValueKind.Double or ValueKind.String => value,
            ValueKind.Int => value.Int is >= -MaxInteger and <= MaxInteger
                ? Value.Of((double)value.Int)
                : Value.Of(value.Int.ToString(CultureInfo.InvariantCulture)),
            ValueKind.Uint => value.Uint <= MaxInteger
                ? Value.Of((double)value.Uint)
                : Value.Of(value.Uint.ToString(CultureInfo.InvariantCulture)),
            _ => value.Object switch
            {
                CelBytes x => Value.Of(Convert.ToBase64String(x.Data.Span)),
                CelTimestamp x => Value.Of(Timestamps.Text(x)),
                CelDuration x => Value.Of(Durations.Text(x)),
                CelEnum x => Value.Of((double)x.Number),
                CelList x => OfList(x),
                CelMap x => OfMap(x),
                CelMessage x => OfMessage(x),
                _ => Unsupported(value),
            },
        };

    private static Value OfList(CelList list)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value[] items = CelLists.ToArray(list);
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Of(items[i]);
            if (items[i].IsError)
                return items[i];
        }
        return Value.Of(CelLists.Of(items));
    }

    private static Value OfMap(CelMap map)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        List<KeyValuePair<Value, Value>> entries = new(map.Count);
        foreach (Value key in map.Keys)
        {
            if (key.Kind != ValueKind.String)
                return Value.Error($"bad key type: {key.Type}, keys of JSON are strings");
            map.TryGet(key, out Value value);
            value = Of(value);
            if (value.IsError)
                return value;
            entries.Add(new(key, value));
        }
        return Value.Of(CelMaps.Of([.. entries]));
    }

    private static Value OfMessage(CelMessage message)
    {
        if (message.Type.Name == WellKnownTypes.Empty)
            return Value.Of(CelMaps.Empty);
        if (message.Type.Name != WellKnownTypes.FieldMask || !message.TryGet("paths", out Value paths))
            return Unsupported(Value.Of(message));
        return Value.Of(string.Join(',', CelLists.ToArray((CelList)paths.Object!).Select(x => CamelCase(x.String))));
    }

    // A path in a mask is written as JSON names fields.
    private static string CamelCase(string path)
    {
        string[] words = path.Split('_');
        return words[0]
            + string.Concat(words.Skip(1).Select(x => x.Length == 0 ? x : char.ToUpperInvariant(x[0]) + x[1..]));
    }

    private static Value Unsupported(Value value) => Value.Error($"unsupported field type: {value.Type} is no JSON");
}
