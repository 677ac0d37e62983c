using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>How large the results of calls are, where that follows from the sizes of their arguments.</summary>
internal static class ResultSize
{
    // Decimal digits with sign of 64 bits; RFC 3339 with nanoseconds and longer texts of numbers stay below the double of it.
    private const ulong NumberLength = 40;

    public static Sized Of(Expr.Call call, Sized[] arguments, CelType type, SizeHints hints)
    {
        Sized byType = Sized.At(null, type, hints);
        return (call.Function, arguments) switch
        {
            (Operators.Add, [var a, var b]) => Sum(a, b, byType),
            (Operators.Index or Operators.OptionalIndex, [{ Item: { } item }, _]) => item,
            (Operators.OptionalSelect, [{ Item: { } item }, _]) => item,
            ("dyn" or "of" or "value" or "ofNonZeroValue", [.., var a]) => a,
            ("lowerAscii" or "upperAscii" or "reverse", [var a]) => a with { Path = null },
            ("substring" or "trim", [var a, ..]) => new(SizeRange.UpTo(a.Own.Max)),
            ("charAt", _) => new(SizeRange.UpTo(1)),
            ("split", [var a, ..]) => new(
                SizeRange.UpTo(Saturating.Add(a.Own.Max, 1)),
                null,
                new(SizeRange.UpTo(a.Own.Max))
            ),
            ("string", [{ Own: { Min: 1, Max: 1 } }]) => new(new(1, NumberLength)),
            ("string" or "bytes", [var a]) => new(new(a.Own.Min, Saturating.Multiply(a.Own.Max, 4))),
            _ => byType,
        };
    }

    /// <summary>A list or map that grows from round to round ends as large as the rounds make it.</summary>
    public static Sized OfAccumulator(Expr.Comprehension fold, Sized init, SizeRange rounds)
    {
        if (fold.Init is not (Expr.ListLiteral or Expr.MapLiteral))
            return init;
        ulong growth = Growth(fold.Step, fold.Accumulator);
        ulong max = Saturating.Add(init.Own.Max, Saturating.Multiply(growth, rounds.Max));
        return init with { Own = init.Own with { Max = Math.Min(max, int.MaxValue) } };
    }

    private static ulong Growth(Expr step, string accumulator) =>
        step switch
        {
            Expr.Ident ident when ident.Name == accumulator => 0,
            Expr.Call { Function: Operators.Conditional, Args: [_, var yes, var no] } => Math.Max(
                Growth(yes, accumulator),
                Growth(no, accumulator)
            ),
            Expr.Call { Function: Operators.Add, Args: [Expr.Ident left, Expr.ListLiteral right] }
                when left.Name == accumulator => (ulong)right.Elements.Count,
            Expr.Call { Args: [Expr.Ident left, _, _] } when left.Name == accumulator => 1,
            _ => int.MaxValue,
        };

    private static Sized Sum(Sized a, Sized b, Sized byType) =>
        byType.Own == SizeRange.Exactly(1)
            ? byType
            : new(a.Own + b.Own, null, Sized.EitherOrOne(a.Item, b.Item), Sized.EitherOrOne(a.Key, b.Key));
}
