using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Recognizes the folds that the macros <c>exists</c>, <c>all</c> and <c>exists_one</c> expand to.</summary>
internal static class FoldShapes
{
    public static FoldShape? Of(Expr.Comprehension fold)
    {
        if (fold.Variable2 is not null || fold.Init is not Expr.Constant init || fold.Variable == fold.Accumulator)
            return null;
        return fold.Step switch
        {
            Expr.Call { Function: Operators.Or, Args: [Expr.Ident accumulated, var body] }
                when init.Value.IsFalse && IsAccumulator(fold, accumulated) && IsAccumulator(fold, fold.Result) => new(
                FoldKind.Exists,
                fold.Variable,
                fold.Range,
                body
            ),
            Expr.Call { Function: Operators.And, Args: [Expr.Ident accumulated, var body] }
                when init.Value.IsTrue && IsAccumulator(fold, accumulated) && IsAccumulator(fold, fold.Result) => new(
                FoldKind.All,
                fold.Variable,
                fold.Range,
                body
            ),
            Expr.Call { Function: Operators.Conditional, Args: [var body, Expr.Call { Function: Operators.Add }, _] }
                when init.Value is { IsInt: true, Int: 0 }
                    && fold.Result is Expr.Call { Function: Operators.Equal, Args: [var counted, Expr.Constant] }
                    && IsAccumulator(fold, counted) => new(FoldKind.ExistsOne, fold.Variable, fold.Range, body),
            _ => null,
        };
    }

    private static bool IsAccumulator(Expr.Comprehension fold, Expr expr) =>
        expr is Expr.Ident ident && ident.Name == fold.Accumulator;
}
