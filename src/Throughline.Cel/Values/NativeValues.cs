using System.Collections;
using System.Text.Json;
using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>Values of .NET objects; lists and dictionaries are wrapped, not copied, and must not change while they are used.</summary>
public static class NativeValues
{
    /// <summary>The value of an object; an error value if its type has no counterpart.</summary>
    public static Value Of(object? value) =>
        value switch
        {
            null => Value.Null,
            Value x => x,
            bool x => Value.Of(x),
            int x => Value.Of((long)x),
            long x => Value.Of(x),
            short x => Value.Of((long)x),
            sbyte x => Value.Of((long)x),
            uint x => Value.Of((ulong)x),
            ulong x => Value.Of(x),
            ushort x => Value.Of((ulong)x),
            byte x => Value.Of((ulong)x),
            double x => Value.Of(x),
            float x => Value.Of((double)x),
            string x => Value.Of(x),
            CelObject x => Value.Of(x),
            CelType x => Value.Of(x),
            byte[] x => Value.Of(new CelBytes(x)),
            ReadOnlyMemory<byte> x => Value.Of(new CelBytes(x)),
            DateTimeOffset x => Of(x),
            TimeSpan x => Of(x),
            JsonElement x => Of(x),
            IReadOnlyDictionary<string, object?> x => Value.Of(CelMaps.Of(x, Of)),
            IReadOnlyDictionary<string, string> x => Value.Of(CelMaps.Of(x, Value.Of)),
            IReadOnlyList<string> x => Value.Of(CelLists.Of(x, Value.Of)),
            IReadOnlyList<object?> x => Value.Of(CelLists.Of(x, Of)),
            IDictionary x => OfEntries(x),
            IEnumerable x => Value.Of(CelLists.Of([.. x.Cast<object?>().Select(Of)])),
            _ => Value.Error($"no value for the .NET type {value.GetType().Name}"),
        };

    /// <summary>The value of a JSON element: integral numbers that fit are ints, others doubles; objects become maps.</summary>
    public static Value Of(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.String => Value.Of(json.GetString()!),
            JsonValueKind.Number => json.TryGetInt64(out long x) ? Value.Of(x)
            : json.TryGetUInt64(out ulong u) ? Value.Of(u)
            : Value.Of(json.GetDouble()),
            JsonValueKind.Array => Value.Of(CelLists.Of([.. json.EnumerateArray().Select(Of)])),
            JsonValueKind.Object => OfObject(json),
            _ => Value.Null,
        };

    private static Value OfObject(JsonElement json)
    {
        // Of names that stand twice the last one counts, as most readers of JSON have it.
        Dictionary<string, Value> entries = [];
        foreach (JsonProperty property in json.EnumerateObject())
            entries[property.Name] = Of(property.Value);
        return Value.Of(CelMaps.Of(entries, x => x));
    }

    private static Value OfEntries(IDictionary dictionary)
    {
        List<KeyValuePair<Value, Value>> entries = new(dictionary.Count);
        foreach (DictionaryEntry entry in dictionary)
            entries.Add(new(Of(entry.Key), Of(entry.Value)));
        return CelMaps.TryCreate([.. entries], out CelMap? map, out string? error) ? Value.Of(map) : Value.Error(error);
    }

    private static Value Of(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return Timestamps.Create(seconds, rest * 100);
    }

    private static Value Of(TimeSpan span)
    {
        (long seconds, long rest) = Math.DivRem(span.Ticks, TimeSpan.TicksPerSecond);
        return Durations.Create(seconds, rest * 100);
    }
}
