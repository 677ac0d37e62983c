namespace Throughline.Cel.Parse;

/// <summary>How tightly operators bind (specification, "Syntax": the table of precedence), for parser and printer alike.</summary>
internal static class Precedence
{
    public const int None = -1;
    public const int Conditional = 0;
    public const int Or = 1;
    public const int And = 2;
    public const int Relation = 3;
    public const int Sum = 4;
    public const int Product = 5;
    public const int Unary = 6;
    public const int Member = 7;

    /// <summary>The level of a binary operator other than the logical ones, and the function that it calls.</summary>
    public static int OfBinary(TokenKind kind, out string function)
    {
        (int level, function) = kind switch
        {
            TokenKind.Equal => (Relation, Operators.Equal),
            TokenKind.NotEqual => (Relation, Operators.NotEqual),
            TokenKind.Less => (Relation, Operators.Less),
            TokenKind.LessEqual => (Relation, Operators.LessEqual),
            TokenKind.Greater => (Relation, Operators.Greater),
            TokenKind.GreaterEqual => (Relation, Operators.GreaterEqual),
            TokenKind.In => (Relation, Operators.In),
            TokenKind.Plus => (Sum, Operators.Add),
            TokenKind.Minus => (Sum, Operators.Subtract),
            TokenKind.Star => (Product, Operators.Multiply),
            TokenKind.Slash => (Product, Operators.Divide),
            TokenKind.Percent => (Product, Operators.Modulo),
            _ => (None, ""),
        };
        return level;
    }

    /// <summary>The level of a binary operator by its function, and how it is written.</summary>
    public static int OfFunction(string function, out string symbol)
    {
        (int level, symbol) = function switch
        {
            Operators.Or => (Or, "||"),
            Operators.And => (And, "&&"),
            Operators.Equal => (Relation, "=="),
            Operators.NotEqual => (Relation, "!="),
            Operators.Less => (Relation, "<"),
            Operators.LessEqual => (Relation, "<="),
            Operators.Greater => (Relation, ">"),
            Operators.GreaterEqual => (Relation, ">="),
            Operators.In => (Relation, "in"),
            Operators.Add => (Sum, "+"),
            Operators.Subtract => (Sum, "-"),
            Operators.Multiply => (Product, "*"),
            Operators.Divide => (Product, "/"),
            Operators.Modulo => (Product, "%"),
            _ => (None, ""),
        };
        return level;
    }

    /// <summary>Of a chain of <c>&amp;&amp;</c> or <c>||</c>, how many terms stand below the left operand.</summary>
    public static int LeftTerms(int terms) => (terms + 1) / 2;
}
