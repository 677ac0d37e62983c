using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Values;

/// <summary>Maps of values, and maps over dictionaries whose values are made when they are read.</summary>
public static class CelMaps
{
    /// <summary>The map without entries.</summary>
    public static readonly CelMap Empty = new Hashed(new Store(), 0);

    /// <summary>A map of entries in their order; false if a key stands twice or is of a type that keys cannot have.</summary>
    public static bool TryCreate(
        ReadOnlySpan<KeyValuePair<Value, Value>> entries,
        [NotNullWhen(true)] out CelMap? map,
        [NotNullWhen(false)] out string? error
    )
    {
        Store store = new();
        foreach ((Value key, Value value) in entries)
        {
            error = store.Add(key, value);
            if (error is not null)
            {
                map = null;
                return false;
            }
        }
        map = new Hashed(store, store.Count);
        error = null;
        return true;
    }

    /// <summary>A map of entries with distinct keys.</summary>
    public static CelMap Of(params ReadOnlySpan<KeyValuePair<Value, Value>> entries) =>
        TryCreate(entries, out CelMap? map, out string? error)
            ? map
            : throw new ArgumentException(error, nameof(entries));

    /// <summary>A map over a dictionary, which must not change: values are made as they are read.</summary>
    public static CelMap Of<T>(IReadOnlyDictionary<string, T> entries, Func<T, Value> toValue) =>
        new Mapped<T>(entries, toValue);

    /// <summary>
    /// The map with one more entry, or an error. As <see cref="CelLists.Concat"/>, it extends the newest of a chain in place.
    /// Only for maps that a macro builds up: while it runs, older maps of the chain must not be read from another thread.
    /// </summary>
    internal static Value Insert(CelMap map, Value key, Value value)
    {
        Store store;
        if (map is Hashed hashed && hashed.Count == hashed.Store.Count && hashed.Count > 0)
        {
            store = hashed.Store;
        }
        else
        {
            store = new Store();
            foreach (Value old in map.Keys)
            {
                map.TryGet(old, out Value kept);
                store.Add(old, kept);
            }
        }
        string? error = store.Add(key, value);
        return error is null ? Value.Of(new Hashed(store, store.Count)) : Value.Error(error);
    }

    /// <summary>Whether a value may be a key: a bool, int, uint or string.</summary>
    public static bool IsKey(Value value) =>
        value.Kind is ValueKind.Bool or ValueKind.Int or ValueKind.Uint or ValueKind.String;

    private sealed class Store
    {
        private readonly Dictionary<Value, int> places = new(ValueComparer.Instance);

        public List<KeyValuePair<Value, Value>> Entries { get; } = [];
        public int Count => Entries.Count;

        public string? Add(Value key, Value value)
        {
            if (!IsKey(key))
                return $"unsupported key type: {key.Type}";
            if (!places.TryAdd(key, Entries.Count))
                return $"repeated key: {key}";
            Entries.Add(new(key, value));
            return null;
        }

        public int PlaceOf(Value key) => places.GetValueOrDefault(key, int.MaxValue);
    }

    private sealed class Hashed(Store store, int count) : CelMap
    {
        public Store Store { get; } = store;
        public override int Count { get; } = count;
        public override IEnumerable<Value> Keys => Store.Entries.Take(Count).Select(x => x.Key);

        public override bool TryGet(Value key, out Value value)
        {
            int place = Store.PlaceOf(key);
            bool found = place < Count;
            value = found ? Store.Entries[place].Value : default;
            return found;
        }
    }

    private sealed class Mapped<T>(IReadOnlyDictionary<string, T> entries, Func<T, Value> toValue) : CelMap
    {
        public override int Count => entries.Count;
        public override IEnumerable<Value> Keys => entries.Keys.Select(Value.Of);

        public override bool TryGet(Value key, out Value value)
        {
            if (key.Kind == ValueKind.String && entries.TryGetValue(key.String, out T? entry))
            {
                value = toValue(entry);
                return true;
            }
            value = default;
            return false;
        }
    }
}
