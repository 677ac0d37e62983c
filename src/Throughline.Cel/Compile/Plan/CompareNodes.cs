using System.Numerics;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A comparison, as a type, so that each gets machine code of its own.</summary>
internal interface IComparison
{
    static abstract bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool>;

    static abstract bool Holds(Ordering order);

    static abstract Comparison Kind { get; }
}

internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

internal readonly struct IsEqual : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a == b;

    public static bool Holds(Ordering order) => order == Ordering.Equal;

    public static Comparison Kind => Comparison.Equal;
}

internal readonly struct IsNotEqual : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a != b;

    public static bool Holds(Ordering order) => order != Ordering.Equal;

    public static Comparison Kind => Comparison.NotEqual;
}

internal readonly struct IsLess : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a < b;

    public static bool Holds(Ordering order) => order == Ordering.Less;

    public static Comparison Kind => Comparison.Less;
}

internal readonly struct IsLessEqual : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a <= b;

    public static bool Holds(Ordering order) => order is Ordering.Less or Ordering.Equal;

    public static Comparison Kind => Comparison.LessEqual;
}

internal readonly struct IsGreater : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a > b;

    public static bool Holds(Ordering order) => order == Ordering.Greater;

    public static Comparison Kind => Comparison.Greater;
}

internal readonly struct IsGreaterEqual : IComparison
{
    public static bool Holds<TValue>(TValue a, TValue b)
        where TValue : IComparisonOperators<TValue, TValue, bool> => a >= b;

    public static bool Holds(Ordering order) => order is Ordering.Greater or Ordering.Equal;

    public static Comparison Kind => Comparison.GreaterEqual;
}

/// <summary>A number field against a constant: what an index of a rule set can look up.</summary>
internal abstract class NumberFieldTest<T, TValue>(ScalarSlot<T, TValue> slot, TValue constant) : BoolNode<T>(2)
{
    public ScalarSlot<T, TValue> Slot => slot;
    public TValue Constant => constant;
    public abstract Comparison Kind { get; }
}

/// <summary>A number field, always there, against a constant.</summary>
internal sealed class NumberField<T, TValue, TComparison>(ScalarSlot<T, TValue> slot, TValue constant)
    : NumberFieldTest<T, TValue>(slot, constant)
    where TValue : IComparisonOperators<TValue, TValue, bool>
    where TComparison : struct, IComparison
{
    private readonly Func<T, TValue> field = slot.Field;
    private readonly TValue against = constant;

    public override Comparison Kind => TComparison.Kind;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        Of(TComparison.Holds(field(input), against));
}

/// <summary>A number field that may be missing, against a constant.</summary>
internal sealed class OptionalNumberField<T, TValue, TComparison>(ScalarSlot<T, TValue> slot, TValue constant)
    : NumberFieldTest<T, TValue>(slot, constant)
    where TValue : IComparisonOperators<TValue, TValue, bool>
    where TComparison : struct, IComparison
{
    public override Comparison Kind => TComparison.Kind;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        Slot.Present!(input) ? Of(TComparison.Holds(Slot.Field(input), Constant)) : scratch.Fail(Slot.Missing);
}

/// <summary>Two numbers of one type.</summary>
internal sealed class NumberComparison<T, TValue, TComparison>(ScalarNode<T, TValue> a, ScalarNode<T, TValue> b)
    : BoolNode<T>(a.Cost + b.Cost + 1)
    where TValue : IComparisonOperators<TValue, TValue, bool>
    where TComparison : struct, IComparison
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        a.TryEval(input, scratch, out TValue x) && b.TryEval(input, scratch, out TValue y)
            ? Of(TComparison.Holds(x, y))
            : scratch.Fail(scratch.Failure);
}

/// <summary>Two strings: equality by units, order by code points.</summary>
internal sealed class StringComparison<T, TComparison>(ScalarNode<T, string> a, ScalarNode<T, string> b)
    : BoolNode<T>(a.Cost + b.Cost + 2)
    where TComparison : struct, IComparison
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (
            !a.TryEval(input, scratch, out string? x)
            || !b.TryEval(input, scratch, out string? y)
            || !scratch.SpendOn(Math.Min(x.Length, y.Length))
        )
            return scratch.Fail(scratch.Failure);
        if (TComparison.Kind is Comparison.Equal or Comparison.NotEqual)
            return Of(string.Equals(x, y) == (TComparison.Kind == Comparison.Equal));
        return Of(TComparison.Holds(Numbers.Of(ValueOrder.CompareText(x, y))));
    }
}

/// <summary>Any two values.</summary>
internal sealed class ValueComparison<T, TComparison>(ValueNode<T> a, ValueNode<T> b) : BoolNode<T>(a.Cost + b.Cost + 8)
    where TComparison : struct, IComparison
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value x = a.Eval(input, scratch);
        if (x.IsFault)
            return scratch.Fail(x);
        Value y = b.Eval(input, scratch);
        if (y.IsFault)
            return scratch.Fail(y);
        if (!scratch.SpendOnBoth(x, y))
            return RuleOutcome.Error;
        if (TComparison.Kind is Comparison.Equal or Comparison.NotEqual)
            return Of(ValueEquality.Equal(x, y) == (TComparison.Kind == Comparison.Equal));
        Ordering order = ValueOrder.Compare(x, y);
        return order == Ordering.Incomparable
            ? scratch.Fail(Value.Error($"no such overload: {x.Type} and {y.Type} have no order"))
            : Of(TComparison.Holds(order));
    }
}
