using System.Collections.Frozen;
using Throughline.Cel.Regex;

namespace Throughline.Cel.Compile;

/// <summary>
/// Patterns and sets of literals of compiled rules, each kept once however many rules of however many sets name it, and only
/// while one does.
/// </summary>
internal static class SharedConstants
{
    // What is forgotten is made anew by the next rule: that costs memory, not results.
    private const int Capacity = 1 << 16;

    private static readonly WeakCache<string, Re2> Patterns = new(Capacity, StringComparer.Ordinal);
    private static readonly WeakCache<(int, int), FrozenSet<string>> TextSets = new(Capacity);
    private static readonly WeakCache<(int, int), FrozenSet<long>> IntSets = new(Capacity);

    /// <summary>A pattern; null if RE2 would refuse it.</summary>
    public static Re2? Pattern(string text) =>
        Patterns.Get(text, static x => Re2.TryCreate(x, out _), static _ => true);

    public static FrozenSet<string> Texts(IEnumerable<string> texts)
    {
        HashSet<string> set = new(texts, StringComparer.Ordinal);
        int hash = 0;
        foreach (string text in set)
            hash += StringComparer.Ordinal.GetHashCode(text);
        return TextSets.Get(
            (set.Count, hash),
            _ => set.ToFrozenSet(StringComparer.Ordinal),
            known => known.SetEquals(set)
        )!;
    }

    public static FrozenSet<long> Ints(IEnumerable<long> ints)
    {
        HashSet<long> set = [.. ints];
        int hash = 0;
        foreach (long number in set)
            hash += (int)((ulong)number * 0x9E3779B97F4A7C15 >> 32);
        return IntSets.Get((set.Count, hash), _ => set.ToFrozenSet(), known => known.SetEquals(set))!;
    }
}

/// <summary>Values by keys, as long as anyone else holds them. Safe for any number of threads.</summary>
/// <param name="capacity">Entries at most; when there are more, all are forgotten.</param>
internal sealed class WeakCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, WeakReference<TValue>> known = new(comparer);
    private readonly Lock gate = new();
    private int nextSweep = 256;

    public int Count
    {
        get
        {
            lock (gate)
                return known.Count;
        }
    }

    /// <summary>The value of a key if it is the right one, else a new one.</summary>
    public TValue? Get(TKey key, Func<TKey, TValue?> create, Func<TValue, bool> isRight)
    {
        if (Known(key) is { } kept)
            return isRight(kept) ? kept : create(key); // others of the same key go without
        TValue? value = create(key);
        if (value is null)
            return null;
        lock (gate)
        {
            // Another thread may have been first: then all take its value.
            if (Known(key) is { } first)
                return isRight(first) ? first : value;
            if (known.Count >= nextSweep)
                Sweep();
            known[key] = new(value);
        }
        return value;
    }

    private TValue? Known(TKey key)
    {
        lock (gate)
            return
                known.TryGetValue(key, out WeakReference<TValue>? reference)
                && reference.TryGetTarget(out TValue? value)
                ? value
                : null;
    }

    private void Sweep()
    {
        foreach ((TKey key, WeakReference<TValue> reference) in known)
            if (!reference.TryGetTarget(out _))
                known.Remove(key);
        if (known.Count >= capacity)
            known.Clear();
        nextSweep = Math.Min(capacity, Math.Max(256, 2 * known.Count));
    }
}
