using System.Collections.Frozen;
using System.Numerics;
using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>Answers all tests of one field at once.</summary>
internal abstract class FieldIndex<T>
{
    /// <summary>Reports the rules whose tests hold; a rule may be reported more than once.</summary>
    public abstract void Find(T input, RuleSet<T> set, RuleMatches matches);
}

internal abstract class FieldIndexBuilder<T>
{
    public abstract void Add(Atom<T> atom, int rule);

    public abstract FieldIndex<T> Build();

    /// <summary>Rules by what they ask for, each rule once.</summary>
    protected static void Add<TKey>(Dictionary<TKey, List<int>> rules, TKey key, int rule)
        where TKey : notnull
    {
        if (!rules.TryGetValue(key, out List<int>? list))
            rules[key] = list = [];
        if (list.Count == 0 || list[^1] != rule)
            list.Add(rule);
    }
}

internal sealed class NumberIndexBuilder<T, TValue>(ScalarSlot<T, TValue> slot) : FieldIndexBuilder<T>
    where TValue : struct, INumber<TValue>
{
    private readonly Dictionary<TValue, List<int>> equal = [];
    private readonly List<(TValue Constant, int Rule)>[] thresholds =
    [
        [],
        [],
        [],
        [],
    ];

    public override void Add(Atom<T> atom, int rule)
    {
        NumberAtom<T, TValue> number = (NumberAtom<T, TValue>)atom;
        if (number.Kind == Comparison.Equal)
            Add(equal, number.Constant, rule);
        else
            thresholds[number.Kind - Comparison.Less].Add((number.Constant, rule));
    }

    public override FieldIndex<T> Build() =>
        new NumberIndex<T, TValue>(
            slot,
            equal.ToFrozenDictionary(x => x.Key, x => x.Value.ToArray()),
            Sorted<IsLess>(descending: true),
            Sorted<IsLessEqual>(descending: true),
            Sorted<IsGreater>(descending: false),
            Sorted<IsGreaterEqual>(descending: false)
        );

    private Thresholds<TValue> Sorted<TComparison>(bool descending)
        where TComparison : struct, IComparison
    {
        List<(TValue Constant, int Rule)> list = thresholds[TComparison.Kind - Comparison.Less];
        list.Sort((a, b) => descending ? b.Constant.CompareTo(a.Constant) : a.Constant.CompareTo(b.Constant));
        return new([.. list.Select(x => x.Constant)], [.. list.Select(x => x.Rule)]);
    }
}

/// <summary>Thresholds of one kind, those that most numbers pass first.</summary>
internal readonly record struct Thresholds<TValue>(TValue[] Constants, int[] Rules);

internal sealed class NumberIndex<T, TValue>(
    ScalarSlot<T, TValue> slot,
    FrozenDictionary<TValue, int[]> equal,
    Thresholds<TValue> less,
    Thresholds<TValue> lessEqual,
    Thresholds<TValue> greater,
    Thresholds<TValue> greaterEqual
) : FieldIndex<T>
    where TValue : struct, INumber<TValue>
{
    public override void Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        if (slot.Present is { } present && !present(input))
            return;
        TValue value = slot.Field(input);
        if (equal.Count > 0 && equal.TryGetValue(value, out int[]? rules))
        {
            // A dictionary takes NaN for equal to itself; constants are never NaN.
            set.Hit(rules, input, matches);
        }
        Passed<IsLess>(value, less, input, set, matches);
        Passed<IsLessEqual>(value, lessEqual, input, set, matches);
        Passed<IsGreater>(value, greater, input, set, matches);
        Passed<IsGreaterEqual>(value, greaterEqual, input, set, matches);
    }

    private static void Passed<TComparison>(
        TValue value,
        Thresholds<TValue> thresholds,
        T input,
        RuleSet<T> set,
        RuleMatches matches
    )
        where TComparison : struct, IComparison
    {
        TValue[] constants = thresholds.Constants;
        for (int i = 0; i < constants.Length && TComparison.Holds(value, constants[i]); i++)
            set.Hit(thresholds.Rules[i], input, matches);
    }
}
