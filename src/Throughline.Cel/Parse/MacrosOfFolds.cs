using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>
/// Macros that go over lists and maps (specification, "Macros", and the extension of two-variable comprehensions). With one
/// variable it is the element or key; with two the first is the index or key, the second the element or value.
/// </summary>
internal static class MacrosOfFolds
{
    public static Expr? All(Macro m, int variables)
    {
        if (Variables(m, variables) is not { } names)
            return null;
        return m.Fold(
            names,
            m.Target,
            m.Constant(Value.True),
            m.Call(Operators.NotStrictlyFalse, Accumulator(m)),
            m.Call(Operators.And, Accumulator(m), m.Args[variables]),
            Accumulator(m)
        );
    }

    public static Expr? Exists(Macro m, int variables)
    {
        if (Variables(m, variables) is not { } names)
            return null;
        return m.Fold(
            names,
            m.Target,
            m.Constant(Value.False),
            m.Call(Operators.NotStrictlyFalse, m.Call(Operators.Not, Accumulator(m))),
            m.Call(Operators.Or, Accumulator(m), m.Args[variables]),
            Accumulator(m)
        );
    }

    public static Expr? ExistsOne(Macro m, int variables)
    {
        if (Variables(m, variables) is not { } names)
            return null;
        Expr oneMore = m.Call(Operators.Add, Accumulator(m), m.Constant(Value.Of(1L)));
        return m.Fold(
            names,
            m.Target,
            m.Constant(Value.Of(0L)),
            m.Constant(Value.True),
            m.Call(Operators.Conditional, m.Args[variables], oneMore, Accumulator(m)),
            m.Call(Operators.Equal, Accumulator(m), m.Constant(Value.Of(1L)))
        );
    }

    /// <summary><c>map</c> and <c>transformList</c>, perhaps with a filter before the transformation.</summary>
    public static Expr? Map(Macro m, int variables)
    {
        if (Variables(m, variables) is not { } names)
            return null;
        Expr append = m.Call(Operators.Add, Accumulator(m), m.List(m.Args[^1]));
        return Collect(m, names, m.List(), Filtered(m, variables, append));
    }

    /// <summary>What each element of a range becomes, as a list.</summary>
    public static Expr Map(Macro m, FoldVariables names, Expr range, Expr result) =>
        m.Fold(
            names,
            range,
            m.List(),
            m.Constant(Value.True),
            m.Call(Operators.Add, Accumulator(m), m.List(result)),
            Accumulator(m)
        );

    public static Expr? Filter(Macro m)
    {
        if (Variables(m, 1) is not { } names)
            return null;
        Expr append = m.Call(Operators.Add, Accumulator(m), m.List(m.Ident(names.First)));
        return Collect(m, names, m.List(), m.Call(Operators.Conditional, m.Args[1], append, Accumulator(m)));
    }

    /// <summary><c>transformMap(k, v, [filter,] value)</c>: keys stay.</summary>
    public static Expr? TransformMap(Macro m)
    {
        if (Variables(m, 2) is not { } names)
            return null;
        Expr insert = m.Call(Macros.MapInsert, Accumulator(m), m.Ident(names.First), m.Args[^1]);
        return Collect(m, names, m.EmptyMap(), Filtered(m, 2, insert));
    }

    /// <summary><c>transformMapEntry(k, v, [filter,] map)</c>: each element gives entries, with keys that differ.</summary>
    public static Expr? TransformMapEntry(Macro m)
    {
        if (Variables(m, 2) is not { } names)
            return null;
        return Collect(m, names, m.EmptyMap(), Filtered(m, 2, m.Call(Macros.MapInsert, Accumulator(m), m.Args[^1])));
    }

    private static Expr Collect(Macro m, FoldVariables names, Expr init, Expr step) =>
        m.Fold(names, m.Target, init, m.Constant(Value.True), step, Accumulator(m));

    // With one more argument than needed, the first after the variables decides whether the step is taken.
    private static Expr Filtered(Macro m, int variables, Expr step) =>
        m.Args.Count == variables + 1 ? step : m.Call(Operators.Conditional, m.Args[variables], step, Accumulator(m));

    private static Expr Accumulator(Macro m) => m.Ident(Macros.Accumulator);

    private static FoldVariables? Variables(Macro m, int count)
    {
        if (m.Variable(0) is not { } first)
            return null;
        if (count == 1)
            return new FoldVariables(first, null, Macros.Accumulator);
        if (m.Variable(1) is not { } second)
            return null;
        if (second != first)
            return new FoldVariables(first, second, Macros.Accumulator);
        m.Fail(m.Args[1], $"the two variables need names that differ, not '{first}' twice");
        return null;
    }
}
