using System.Globalization;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cli.Bench;

/// <summary>What the bench does to parsed expressions: it finds the paths that they name, and changes their literals.</summary>
internal static class CelTrees
{
    /// <summary>The paths below a variable that an expression names, without the variable: <c>tls.version</c>.</summary>
    public static IEnumerable<string> PathsOf(ParsedExpr expression, string variable) =>
        Nodes(expression.Root).Select(x => PathOf(x, variable)).OfType<string>().Where(x => x.Length > 0);

    /// <summary>Whether the whole expression is one search for a pattern.</summary>
    public static bool IsPatternSearch(ParsedExpr expression) =>
        expression.Root is Expr.Call { Function: "matches" } call && call.Args[^1] is Expr.Constant;

    /// <summary>
    /// The text of the expression with each of its literals changed: ints grow by one number, doubles by a thousandth of
    /// another; in texts the last digits grow by a thousand times that, or it is put behind; patterns get it behind.
    /// </summary>
    /// <param name="expression">Any expression.</param>
    /// <param name="by">From 1; others for another number.</param>
    /// <param name="ints">Small, thresholds stay where inputs are.</param>
    public static string WithOtherLiterals(ParsedExpr expression, int by, int ints)
    {
        LiteralChange change = new(by, ints);
        return CelPrinter.Print(
            expression with
            {
                Root = change.Of(expression.Root),
                MacroCalls = expression.MacroCalls.ToDictionary(x => x.Key, x => change.Of(x.Value)),
            }
        );
    }

    private static string? PathOf(Expr node, string variable) =>
        node switch
        {
            Expr.Ident ident when ident.Name == variable => "",
            Expr.Select select => Below(PathOf(select.Operand, variable), select.Field),
            Expr.Call { Function: Operators.OptionalSelect, Args: [var operand, Expr.Constant field] } => Below(
                PathOf(operand, variable),
                field.Value.String
            ),
            _ => null,
        };

    private static string? Below(string? path, string field) =>
        path is "" ? field
        : path is null ? null
        : $"{path}.{field}";

    private static IEnumerable<Expr> Nodes(Expr node)
    {
        IEnumerable<Expr> parts = node switch
        {
            Expr.Select x => [x.Operand],
            Expr.Call x => x.Target is null ? x.Args : [x.Target, .. x.Args],
            Expr.ListLiteral x => x.Elements,
            Expr.MapLiteral x => x.Entries.SelectMany(y => (Expr[])[y.Key, y.Value]),
            Expr.MessageLiteral x => x.Fields.Select(y => y.Value),
            Expr.Comprehension x => [x.Range, x.Init, x.Condition, x.Step, x.Result],
            _ => [],
        };
        return parts.SelectMany(Nodes).Prepend(node);
    }
}
