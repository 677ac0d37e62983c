using System.Collections.Frozen;
using System.Numerics;
using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>Equalities and thresholds of a number: a look-up, and for each kind of comparison an ascent up to the value.</summary>
internal sealed class NumberIndexBuilder<T, TValue>(ScalarSlot<T, TValue> slot) : FieldIndexBuilder<T>(slot)
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

    protected override void Add(Atom<T> atom, int rule)
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
            Missing(),
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
    MissingRules<T>? missing,
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
        if (missing is not null && missing.Find(input, set, matches))
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
