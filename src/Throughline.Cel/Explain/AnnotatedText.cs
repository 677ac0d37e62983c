using System.Runtime.CompilerServices;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Explain;

/// <summary>Expressions as text with the values of what they read: <c>counter.ip_1m (182) &gt; 120</c>.</summary>
internal sealed class AnnotatedText(ParsedExpr parsed, IReadOnlyDictionary<int, Value> values)
{
    /// <summary>Longer texts of values are cut.</summary>
    private const int MaxLength = 60;

    /// <summary>Longer list literals are counted, not shown.</summary>
    private const int MaxElements = 8;

    private static readonly Dictionary<int, Expr> NoMacros = [];

    public string Of(Expr expr) => CelPrinter.Print(Annotate(expr, isWhole: true), NoMacros);

    /// <summary>Whether the text ends with the expression's own value.</summary>
    public bool ShowsValue(Expr expr) => expr is Expr.Constant || (IsPath(expr) && values.ContainsKey(expr.Id));

    public static string Short(Value value)
    {
        string text = ValueText.Of(value);
        return text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }

    // A copy of the tree in which what is to be shown as text stands as a name; ids are gone, so that nothing looks like a macro.
    private Expr Annotate(Expr expr, bool isWhole)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (expr is Expr.Constant)
            return expr with { Id = 0 };
        if (IsPath(expr))
            return Name(Plain(expr) + ValueOf(expr));
        if (parsed.MacroCalls.ContainsKey(expr.Id))
            return Name(Plain(expr) + (isWhole ? "" : ValueOf(expr)));
        return expr switch
        {
            Expr.Call call when IsOperator(call) || isWhole => call with
            {
                Id = 0,
                Target = call.Target is { } target ? Annotate(target, isWhole: false) : null,
                Args = [.. call.Args.Select(x => Annotate(x, isWhole: false))],
            },
            Expr.Call call => Name(Plain(call) + ValueOf(call)),
            Expr.ListLiteral list when list.Elements.Count > MaxElements => Name($"[{list.Elements.Count} elements]"),
            _ => Name(Plain(expr)),
        };
    }

    private string Plain(Expr expr) => CelPrinter.Print(expr, parsed.MacroCalls);

    // Types and namespaces are known by their names.
    private string ValueOf(Expr expr) =>
        values.TryGetValue(expr.Id, out Value value)
        && value.Kind is not (ValueKind.Type or ValueKind.Error or ValueKind.Unknown)
            ? $" ({Short(value)})"
            : "";

    // a.b["c"], a.?b: what is read from the input.
    private static bool IsPath(Expr expr) =>
        expr switch
        {
            Expr.Ident => true,
            Expr.Select { TestOnly: false } select => IsPath(select.Operand),
            Expr.Call
            {
                Target: null,
                Function: Operators.Index or Operators.OptionalIndex or Operators.OptionalSelect
            } call => IsPath(call.Args[0]) && call.Args[1] is Expr.Constant or Expr.Ident,
            _ => false,
        };

    private static bool IsOperator(Expr.Call call) =>
        call.Target is null && !char.IsLetter(call.Function[0]) && !call.Function.Contains('.');

    private static Expr.Ident Name(string text) => new(0, 0, text);
}
