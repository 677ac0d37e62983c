using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>What a loop over elements comes to.</summary>
internal enum FoldKind
{
    Exists,
    All,
    ExistsOne,

    /// <summary>How many elements pass.</summary>
    Count,
}

/// <summary>A loop that gives a bool: <c>exists</c>, <c>all</c> or <c>exists_one</c> with one variable or two.</summary>
internal sealed record FoldShape(FoldKind Kind, Expr.Comprehension Fold, Expr Body);

/// <summary>A loop that gives a list of elements that pass a test, as they are or mapped: <c>filter</c> and <c>map</c>.</summary>
/// <param name="Test">Null: all pass.</param>
/// <param name="Mapped">Null: as they are.</param>
internal sealed record ListShape(string Variable, Expr Range, Expr? Test, Expr? Mapped);

/// <summary>Recognizes the folds that macros expand to.</summary>
internal static class FoldShapes
{
    public static FoldShape? OfBool(Expr.Comprehension fold)
    {
        if (fold.Init is not Expr.Constant init || Hides(fold))
            return null;
        return fold.Step switch
        {
            Expr.Call { Function: Operators.Or, Args: [var accumulated, var body] }
                when init.Value.IsFalse && IsAccumulator(fold, accumulated) && IsAccumulator(fold, fold.Result) => new(
                FoldKind.Exists,
                fold,
                body
            ),
            Expr.Call { Function: Operators.And, Args: [var accumulated, var body] }
                when init.Value.IsTrue && IsAccumulator(fold, accumulated) && IsAccumulator(fold, fold.Result) => new(
                FoldKind.All,
                fold,
                body
            ),
            Expr.Call { Function: Operators.Conditional, Args: [var body, Expr.Call { Function: Operators.Add }, _] }
                when init.Value is { IsInt: true, Int: 0 }
                    && fold.Result is Expr.Call { Function: Operators.Equal, Args: [var counted, Expr.Constant] }
                    && IsAccumulator(fold, counted) => new(FoldKind.ExistsOne, fold, body),
            _ => null,
        };
    }

    public static ListShape? OfList(Expr expr)
    {
        if (
            expr is not Expr.Comprehension { Variable2: null, Init: Expr.ListLiteral { Elements: [] } } fold
            || Hides(fold)
            || fold.Condition is not Expr.Constant { Value.IsTrue: true }
            || !IsAccumulator(fold, fold.Result)
        )
            return null;
        (Expr? test, Expr append) =
            fold.Step is Expr.Call { Function: Operators.Conditional, Args: [var a, var b, var c] }
            && IsAccumulator(fold, c)
                ? (a, b)
                : (null, fold.Step);
        if (
            append is not Expr.Call { Function: Operators.Add, Args: [var to, Expr.ListLiteral list] }
            || list is not { Elements: [var element], Optional: [] }
            || !IsAccumulator(fold, to)
        )
            return null;
        bool isSame = element is Expr.Ident ident && ident.Name == fold.Variable;
        return new(fold.Variable, fold.Range, test, isSame ? null : element);
    }

    /// <summary>Whether it gives a name to a value: a fold over nothing, whose accumulator is the name.</summary>
    public static bool IsBinding(Expr.Comprehension fold) =>
        fold is { Range: Expr.ListLiteral { Elements: [] }, Variable: Macros.Unused, Variable2: null };

    private static bool Hides(Expr.Comprehension fold) =>
        fold.Variable == fold.Accumulator || fold.Variable2 == fold.Accumulator;

    private static bool IsAccumulator(Expr.Comprehension fold, Expr expr) =>
        expr is Expr.Ident ident && ident.Name == fold.Accumulator;
}
