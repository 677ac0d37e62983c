using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>
/// A node of a parsed expression, of the shape that the specification's <c>cel.expr.Expr</c> has; macros are expanded.
/// </summary>
/// <param name="Id">Unique in its expression, from 1: types, references and values are noted under it.</param>
/// <param name="Position">Where a message about it points to in the source text, in UTF-16 units from 0: the sign of an
/// operator or index, the name of a field or method, otherwise where it begins.</param>
public abstract record Expr(int Id, int Position)
{
    /// <summary>A literal: null, bool, int, uint, double, string or bytes.</summary>
    public sealed record Constant(int Id, int Position, Value Value) : Expr(Id, Position);

    /// <summary>A name; a leading dot (resolve from the root, not from the container) is part of it.</summary>
    public sealed record Ident(int Id, int Position, string Name) : Expr(Id, Position);

    /// <summary><c>operand.field</c>, or <c>has(operand.field)</c> if it only tests.</summary>
    public sealed record Select(int Id, int Position, Expr Operand, string Field, bool TestOnly) : Expr(Id, Position);

    /// <summary>A call of an operator (<see cref="Operators"/>), a function, or, with a target, of a method. A
    /// function's leading dot (resolve from the root) is part of its name.</summary>
    public sealed record Call(int Id, int Position, Expr? Target, string Function, IReadOnlyList<Expr> Args)
        : Expr(Id, Position);

    /// <summary><c>[a, ?b]</c>; the indexes of the elements marked with <c>?</c> are in <paramref name="Optional"/>.</summary>
    public sealed record ListLiteral(int Id, int Position, IReadOnlyList<Expr> Elements, IReadOnlyList<int> Optional)
        : Expr(Id, Position);

    /// <summary><c>{key: value, ?key: value}</c>.</summary>
    public sealed record MapLiteral(int Id, int Position, IReadOnlyList<MapEntry> Entries) : Expr(Id, Position);

    /// <summary><c>Type{field: value}</c>; the type's name is as written.</summary>
    public sealed record MessageLiteral(int Id, int Position, string TypeName, IReadOnlyList<FieldEntry> Fields)
        : Expr(Id, Position);

    /// <summary>
    /// A fold: the accumulator starts as <paramref name="Init"/>; for each element of the range, while
    /// <paramref name="Condition"/> holds, it becomes <paramref name="Step"/>; <paramref name="Result"/> is the value. With
    /// two variables the first is the index or key, the second the element or value.
    /// </summary>
    public sealed record Comprehension(
        int Id,
        int Position,
        string Variable,
        string? Variable2,
        Expr Range,
        string Accumulator,
        Expr Init,
        Expr Condition,
        Expr Step,
        Expr Result
    ) : Expr(Id, Position);
}

/// <summary>An entry of a map literal.</summary>
public sealed record MapEntry(int Id, Expr Key, Expr Value, bool Optional);

/// <summary>A field of a message literal.</summary>
public sealed record FieldEntry(int Id, string Field, Expr Value, bool Optional);

/// <summary>The functions that operators stand for (names of the specification).</summary>
public static class Operators
{
    /// <summary><c>a &amp;&amp; b</c></summary>
    public const string And = "_&&_";

    /// <summary><c>a || b</c></summary>
    public const string Or = "_||_";

    /// <summary><c>!a</c></summary>
    public const string Not = "!_";

    /// <summary><c>-a</c></summary>
    public const string Negate = "-_";

    /// <summary><c>a == b</c></summary>
    public const string Equal = "_==_";

    /// <summary><c>a != b</c></summary>
    public const string NotEqual = "_!=_";

    /// <summary><c>a &lt; b</c></summary>
    public const string Less = "_<_";

    /// <summary><c>a &lt;= b</c></summary>
    public const string LessEqual = "_<=_";

    /// <summary><c>a > b</c></summary>
    public const string Greater = "_>_";

    /// <summary><c>a >= b</c></summary>
    public const string GreaterEqual = "_>=_";

    /// <summary><c>a + b</c></summary>
    public const string Add = "_+_";

    /// <summary><c>a - b</c></summary>
    public const string Subtract = "_-_";

    /// <summary><c>a * b</c></summary>
    public const string Multiply = "_*_";

    /// <summary><c>a / b</c></summary>
    public const string Divide = "_/_";

    /// <summary><c>a % b</c></summary>
    public const string Modulo = "_%_";

    /// <summary><c>a ? b : c</c></summary>
    public const string Conditional = "_?_:_";

    /// <summary><c>a in b</c></summary>
    public const string In = "@in";

    /// <summary><c>a[b]</c></summary>
    public const string Index = "_[_]";

    /// <summary><c>a.?b</c>: arguments are the operand and the field's name as a string constant.</summary>
    public const string OptionalSelect = "_?._";

    /// <summary><c>a[?b]</c>.</summary>
    public const string OptionalIndex = "_[?_]";

    /// <summary>In the loop conditions of macros: false only if its argument is false; an error counts as true.</summary>
    public const string NotStrictlyFalse = "@not_strictly_false";
}

/// <summary>A parsed expression.</summary>
/// <param name="Root">The tree, macros expanded.</param>
/// <param name="Source">The text.</param>
/// <param name="MacroCalls">For the id of each expansion the call as it was written (for printing); arguments that hold
/// expansions themselves stand there expanded, to be looked up by their ids.</param>
public sealed record ParsedExpr(Expr Root, string Source, IReadOnlyDictionary<int, Expr> MacroCalls);
