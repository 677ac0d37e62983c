using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>Names what a subexpression means: equal keys, equal values for one input.</summary>
/// <param name="Hash">See <see cref="SharedKeys"/>.</param>
/// <param name="Always">Worth remembering even if it occurs only once: its value costs much or must not be asked for again.</param>
internal readonly record struct SharedKey(UInt128 Hash, bool Always);

/// <summary>The subexpressions that a rule set evaluates once for each input: an open hash table from keys to places. Immutable.</summary>
internal sealed class MemoKeys
{
    private readonly UInt128[] keys;
    private readonly int[] places; // one more than the place; 0: nothing here
    private readonly int mask;

    public MemoKeys(IReadOnlyCollection<UInt128> shared)
    {
        Count = shared.Count;
        int size = 4;
        while (size < 2 * Count)
            size *= 2;
        mask = size - 1;
        keys = new UInt128[size];
        places = new int[size];
        int place = 0;
        foreach (UInt128 key in shared)
        {
            int at = (int)key & mask;
            while (places[at] != 0)
                at = (at + 1) & mask;
            keys[at] = key;
            places[at] = ++place;
        }
    }

    public int Count { get; }

    /// <summary>Where the value of a subexpression is kept; negative if it is not.</summary>
    public int Find(UInt128 key)
    {
        for (int at = (int)key & mask; places[at] != 0; at = (at + 1) & mask)
            if (keys[at] == key)
                return places[at] - 1;
        return -1;
    }

    /// <summary>The keys that are worth it: those that occur more than once, and those that always are.</summary>
    public static MemoKeys Of(IEnumerable<SharedKey> occurrences)
    {
        Dictionary<UInt128, bool> worthIt = [];
        foreach (SharedKey key in occurrences)
            worthIt[key.Hash] = key.Always || worthIt.ContainsKey(key.Hash);
        return new([.. worthIt.Where(x => x.Value).Select(x => x.Key)]);
    }
}

/// <summary>
/// Values of shared subexpressions for the input at hand, with what they cost: each rule that uses one pays for it, as it would
/// alone. For one thread.
/// </summary>
internal sealed class Memo(MemoKeys keys)
{
    private readonly (uint Generation, ulong Cost, Value Value)[] entries = new (uint, ulong, Value)[keys.Count];
    private uint generation = 1;

    /// <summary>Where the value of a subexpression is kept; negative if it is not.</summary>
    public int Find(UInt128 key) => keys.Find(key);

    /// <summary>The value, paid for; without the budget for it the fault that says so.</summary>
    public bool TryGet(int place, EvaluationScratch scratch, out Value value)
    {
        ref readonly (uint Generation, ulong Cost, Value Value) entry = ref entries[place];
        value = entry.Value;
        if (entry.Generation != generation)
            return false;
        if (!scratch.Spend(entry.Cost))
            value = scratch.Failure;
        return true;
    }

    /// <summary>Keeps a value, unless the evaluation was stopped amid it, or it tells of a place in one rule's text.</summary>
    /// <param name="before">What the evaluation had cost before the value.</param>
    public void Set(int place, Value value, EvaluationScratch scratch, ulong before)
    {
        if (!scratch.IsStopped && !value.IsUnknown)
            entries[place] = (generation, scratch.Spent - before, value);
    }

    /// <summary>Another input follows.</summary>
    public void Forget()
    {
        if (++generation != 0)
            return;
        Array.Clear(entries);
        generation = 1;
    }
}
