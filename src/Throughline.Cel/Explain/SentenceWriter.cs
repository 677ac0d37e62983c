using System.Runtime.CompilerServices;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Explain;

/// <summary>
/// Says in one sentence what decided: the operands that had to be as they were, with their values, joined by "and".
/// </summary>
internal sealed class SentenceWriter(ParsedExpr parsed, IReadOnlyDictionary<int, Value> values)
{
    private readonly AnnotatedText annotated = new(parsed, values);

    public string Write(Value result)
    {
        Expr root = parsed.Root;
        if (result.TryGet(out CelError? error))
            return $"{TextOf(error.ExprId) ?? "the expression"} fails: {error.Message}";
        if (result.TryGet(out CelUnknown? unknown))
            return $"it depends on {string.Join(" and ", unknown.ExprIds.Select(TextOf))}, which is not known";
        if (result.IsBool)
            return Join(Reasons(root));
        (Expr deciding, List<string> conditions) = Chosen(root);
        string text = annotated.Of(deciding);
        string value = AnnotatedText.Short(result);
        string outcome = text == value ? text : $"{text} is {value}";
        return conditions.Count == 0 ? outcome : $"{outcome}, since {Join(conditions)}";
    }

    /// <summary>What made a condition true or false.</summary>
    private List<string> Reasons(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (expr is Expr.Call { Target: null } call)
            switch (call.Function, call.Args)
            {
                case (Operators.And, [var left, var right]):
                    return ReasonsOf(left, right, IsTrue(expr), deciding: false);
                case (Operators.Or, [var left, var right]):
                    return ReasonsOf(left, right, IsTrue(expr), deciding: true);
                case (Operators.Not, [var operand]):
                    return Reasons(operand);
                case (Operators.Conditional, [var condition, var yes, var no]):
                    return [.. Reasons(condition), .. Reasons(IsTrue(condition) ? yes : no)];
            }
        // A binding is a fold over nothing: its result decides.
        if (expr is Expr.Comprehension { Range: Expr.ListLiteral { Elements: [] } } binding)
            return Reasons(binding.Result);
        return [Reason(expr)];
    }

    // If one operand was enough, it alone is the reason; otherwise both are.
    private List<string> ReasonsOf(Expr left, Expr right, bool isTrue, bool deciding)
    {
        if (isTrue != deciding)
            return [.. Reasons(left), .. Reasons(right)];
        bool leftDecides = values.TryGetValue(left.Id, out Value value) && value.IsBool && value.Bool == deciding;
        return Reasons(leftDecides ? left : right);
    }

    // A value that the text already shows needs no "is false".
    private string Reason(Expr expr)
    {
        string text = annotated.Of(expr);
        string falsehood = IsTrue(expr) || annotated.ShowsValue(expr) ? "" : " is false";
        return text + Witness(expr) + falsehood;
    }

    // The element at which a loop ended.
    private string Witness(Expr expr)
    {
        if (expr is not Expr.Comprehension fold || !parsed.MacroCalls.TryGetValue(expr.Id, out Expr? written))
            return "";
        bool found = written is Expr.Call { Function: "exists" }
            ? IsTrue(expr)
            : written is Expr.Call { Function: "all" } && !IsTrue(expr);
        if (!found)
            return "";
        string[] names = fold.Variable2 is { } second ? [fold.Variable, second] : [fold.Variable];
        IEnumerable<string> shown = names
            .Select(name => (name, Value: ValueOfName(fold.Step, name)))
            .Where(x => x.Value is not null)
            .Select(x => $"{x.name} = {AnnotatedText.Short(x.Value!.Value)}");
        string at = string.Join(", ", shown);
        return at.Length == 0 ? "" : $" at {at}";
    }

    private Value? ValueOfName(Expr within, string name)
    {
        Stack<Expr> open = new([within]);
        while (open.TryPop(out Expr? next))
        {
            if (next is Expr.Ident ident && ident.Name == name && values.TryGetValue(next.Id, out Value value))
                return value;
            foreach (Expr child in next.Children())
                open.Push(child);
        }
        return null;
    }

    // Behind conditions and bindings, the expression that gave the value.
    private (Expr Expr, List<string> Conditions) Chosen(Expr expr)
    {
        List<string> conditions = [];
        while (true)
        {
            if (
                expr is Expr.Call
                {
                    Function: Operators.Conditional,
                    Target: null,
                    Args: [var condition, var yes, var no]
                }
            )
            {
                conditions.AddRange(Reasons(condition));
                expr = IsTrue(condition) ? yes : no;
            }
            else if (expr is Expr.Comprehension { Range: Expr.ListLiteral { Elements: [] } } binding)
                expr = binding.Result;
            else
                return (expr, conditions);
        }
    }

    private bool IsTrue(Expr expr) => values.TryGetValue(expr.Id, out Value value) && value.IsTrue;

    private static string Join(List<string> reasons) => string.Join(" and ", reasons.Distinct());

    private string? TextOf(int id)
    {
        Stack<Expr> open = new([parsed.Root]);
        while (open.TryPop(out Expr? next))
        {
            if (next.Id == id)
                return annotated.Of(next);
            foreach (Expr child in next.Children())
                open.Push(child);
        }
        return null;
    }
}
