using System.Globalization;
using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>
/// Macros that give names to values (extensions bindings, block, optional and lists). A name is bound by a fold over nothing: its
/// accumulator is the variable, its result the expression that uses it.
/// </summary>
internal static class MacrosOfBindings
{
    private const string Target = "@target";
    private const string Unsorted = "@unsorted";

    /// <summary><c>cel.bind(name, value, expression)</c>.</summary>
    public static Expr? Bind(Macro m)
    {
        if (!m.IsIn("cel"))
            return null;
        return m.Variable(0) is { } name ? Bound(m, name, m.Args[1], m.Args[2]) : null;
    }

    /// <summary><c>cel.block([a, b, ...], expression)</c>: a list of values to be named <c>cel.index(0)</c> and so on; each may
    /// use those before it.</summary>
    public static Expr? Block(Macro m)
    {
        if (!m.IsIn("cel"))
            return null;
        if (m.Args[0] is not Expr.ListLiteral { Elements: [_, ..] values, Optional: [] })
            return m.Fail(m.Args[0], "cel.block() takes a list of one or more values first");
        Expr result = m.Args[1];
        for (int i = values.Count - 1; i >= 0; i--)
            result = Bound(m, IndexName(i), values[i], result);
        return result;
    }

    /// <summary><c>cel.index(n)</c>: the n-th value of the block, from 0.</summary>
    public static Expr? Index(Macro m)
    {
        if (!m.IsIn("cel"))
            return null;
        return Number(m, 0) is { } index ? m.Ident(IndexName(index)) : null;
    }

    /// <summary><c>cel.iterVar(depth, index)</c>, <c>cel.accuVar(depth, index)</c>: names that an optimiser gives to variables
    /// of loops.</summary>
    public static Expr? LoopVariable(Macro m, string prefix)
    {
        if (!m.IsIn("cel"))
            return null;
        return Number(m, 0) is { } depth && Number(m, 1) is { } index
            ? m.Ident(string.Create(CultureInfo.InvariantCulture, $"{prefix}:{depth}:{index}"))
            : null;
    }

    /// <summary>
    /// <c>optional.optMap(name, expression)</c>: if there is a value, the expression with it under that name (wrapped into an
    /// optional, unless flat), else none. The target is bound as well, so that it is computed, and stands in the tree, once.
    /// </summary>
    public static Expr? OptionalMap(Macro m, bool wrap)
    {
        if (m.Variable(0) is not { } name)
            return null;
        Expr some = Bound(m, name, m.MethodCall(m.Ident(Target), "value"), m.Args[1]);
        if (wrap)
            some = m.Call("optional.of", some);
        Expr none = m.Call("optional.none");
        Expr hasValue = m.MethodCall(m.Ident(Target), "hasValue");
        return Bound(m, Target, m.Target, m.Call(Operators.Conditional, hasValue, some, none));
    }

    /// <summary><c>list.sortBy(name, key)</c> of the lists extension: the list in the order of the keys of its elements, which
    /// are a list of their own. The list is bound, so that it is computed, and stands in the tree, once.</summary>
    public static Expr? SortBy(Macro m)
    {
        if (m.Variable(0) is not { } name)
            return null;
        Expr keys = MacrosOfFolds.Map(
            m,
            new FoldVariables(name, null, Macros.Accumulator),
            m.Ident(Unsorted),
            m.Args[1]
        );
        return Bound(m, Unsorted, m.Target, m.MethodCall(m.Ident(Unsorted), Macros.SortByKeys, keys));
    }

    private static Expr Bound(Macro m, string name, Expr value, Expr result) =>
        m.Fold(
            new FoldVariables(Macros.Unused, null, name),
            m.List(),
            value,
            m.Constant(Value.False),
            m.Ident(name),
            result
        );

    private static string IndexName(int index) => string.Create(CultureInfo.InvariantCulture, $"@index{index}");

    private static int? Number(Macro m, int argument)
    {
        if (m.Args[argument] is Expr.Constant { Value: { IsInt: true, Int: >= 0 and <= int.MaxValue } number })
            return (int)number.Int;
        m.Fail(m.Args[argument], "this must be a number, written out, from 0");
        return null;
    }
}
