namespace Throughline.Cel.Parse;

/// <summary>Replaces calls of macros by what they stand for, and remembers how they were written.</summary>
internal sealed class MacroExpander(Func<int> nextId, Action<int, string> report)
{
    private readonly Dictionary<int, Expr> calls = [];

    /// <summary>The calls as they were written, by the id of what replaced them.</summary>
    public IReadOnlyDictionary<int, Expr> Calls => calls;

    /// <summary>The expansion of a call of a macro, or the call itself.</summary>
    public Expr Expand(Expr.Call call, bool enabled)
    {
        if (
            !enabled
            || Macros.Find(call) is not { } macro
            || macro(new Macro(call, nextId, report)) is not { } expansion
        )
            return call;
        calls.Add(expansion.Id, call);
        return expansion;
    }
}

/// <summary>Gives what a call of a macro stands for: a new expression. Null if the call is none of that macro, or is wrong.</summary>
internal delegate Expr? Expansion(Macro macro);

/// <summary>A call of a macro, and the means to build what it stands for. All nodes get the call's position.</summary>
internal readonly struct Macro(Expr.Call call, Func<int> nextId, Action<int, string> report)
{
    public Expr Target => call.Target!;
    public IReadOnlyList<Expr> Args => call.Args;

    /// <summary>Whether it is called as <c>name.macro(...)</c>: macros of extensions stand in namespaces.</summary>
    public bool IsIn(string name) => call.Target is Expr.Ident ident && ident.Name == name;

    public Expr Constant(Values.Value value) => new Expr.Constant(nextId(), call.Position, value);

    public Expr Ident(string name) => new Expr.Ident(nextId(), call.Position, name);

    public Expr Call(string function, params Expr[] arguments) =>
        new Expr.Call(nextId(), call.Position, null, function, arguments);

    public Expr MethodCall(Expr target, string function, params Expr[] arguments) =>
        new Expr.Call(nextId(), call.Position, target, function, arguments);

    public Expr List(params Expr[] elements) => new Expr.ListLiteral(nextId(), call.Position, elements, []);

    public Expr EmptyMap() => new Expr.MapLiteral(nextId(), call.Position, []);

    public Expr Select(Expr operand, string field, bool testOnly) =>
        new Expr.Select(nextId(), call.Position, operand, field, testOnly);

    public Expr Fold(FoldVariables variables, Expr range, Expr init, Expr condition, Expr step, Expr result) =>
        new Expr.Comprehension(
            nextId(),
            call.Position,
            variables.First,
            variables.Second,
            range,
            variables.Accumulator,
            init,
            condition,
            step,
            result
        );

    /// <summary>Lists an issue at one of the call's parts.</summary>
    public Expr? Fail(Expr at, string message)
    {
        report(at.Position, message);
        return null;
    }

    /// <summary>Lists an issue at the call.</summary>
    public Expr? Fail(string message) => Fail(call, message);

    /// <summary>The name that an argument declares; null and an issue if it is no simple name.</summary>
    public string? Variable(int index)
    {
        if (Args[index] is Expr.Ident { Name: [not '.', ..] name })
            return name;
        Fail(Args[index], $"{call.Function}() takes the name of a variable here, a simple one");
        return null;
    }
}

/// <summary>The names that a fold declares.</summary>
internal readonly record struct FoldVariables(string First, string? Second, string Accumulator);
