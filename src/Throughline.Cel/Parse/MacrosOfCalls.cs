namespace Throughline.Cel.Parse;

/// <summary>Macros that stand for calls and selections: <c>has</c>, <c>math.greatest</c>, <c>proto.getExt</c> and their like.</summary>
internal static class MacrosOfCalls
{
    // Longer than any name of protobuf; also keeps what is remembered of a call from being deeper than the tree may be.
    private const int MaxParts = 32;

    /// <summary><c>has(e.f)</c>: a selection that only tests (specification, "Field Selection").</summary>
    public static Expr? Has(Macro macro) =>
        macro.Args[0] is Expr.Select { TestOnly: false } select
            ? macro.Select(select.Operand, select.Field, testOnly: true)
            : macro.Fail(macro.Args[0], "has() takes the selection of a field, as has(message.field)");

    /// <summary><c>math.greatest(...)</c>: more than two arguments become one list.</summary>
    public static Expr? Extreme(Macro macro, string function)
    {
        if (!macro.IsIn("math"))
            return null;
        return macro.Args switch
        {
            [] => macro.Fail("this needs at least one argument"),
            [var only] => macro.Call(function, only),
            [var one, var two] => macro.Call(function, one, two),
            _ => macro.Call(function, macro.List([.. macro.Args])),
        };
    }

    /// <summary><c>proto.getExt(message, full.name)</c>: a selection of a field of that name.</summary>
    public static Expr? Extension(Macro macro, bool testOnly)
    {
        if (!macro.IsIn("proto"))
            return null;
        return FullName(macro.Args[1]) is { } name
            ? macro.Select(macro.Args[0], name, testOnly)
            : macro.Fail(macro.Args[1], "this must be the full name of an extension field, as my.package.field");
    }

    private static string? FullName(Expr name)
    {
        Stack<string> parts = new();
        while (name is Expr.Select { TestOnly: false } select && parts.Count < MaxParts)
        {
            parts.Push(select.Field);
            name = select.Operand;
        }
        return name is Expr.Ident root ? string.Join('.', parts.Prepend(root.Name.TrimStart('.'))) : null;
    }
}
