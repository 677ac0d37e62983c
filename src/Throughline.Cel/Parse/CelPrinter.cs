namespace Throughline.Cel.Parse;

/// <summary>
/// Writes an expression as text on one line, macros as they were written, with no more parentheses than it needs. Parsed
/// again, the text gives the same tree but for ids and positions.
/// </summary>
public static class CelPrinter
{
    /// <summary>The text: parsed again, it gives the same expression.</summary>
    public static string Print(ParsedExpr expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return Print(expression.Root, expression.MacroCalls);
    }

    /// <summary>Prints a part of an expression, with the <see cref="ParsedExpr.MacroCalls"/> of the whole. The parts of an
    /// expansion have no syntax of their own; they are shown by the names of what they are.</summary>
    public static string Print(Expr node, IReadOnlyDictionary<int, Expr> macroCalls)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(macroCalls);
        ExprPrinter printer = new(macroCalls);
        printer.Print(node, Precedence.Conditional);
        return printer.ToString();
    }
}
