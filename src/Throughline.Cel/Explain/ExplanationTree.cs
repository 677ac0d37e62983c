using System.Runtime.CompilerServices;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Explain;

/// <summary>Joins an expression's tree with the values of an evaluation.</summary>
internal sealed class ExplanationTree(ParsedExpr parsed, IReadOnlyDictionary<int, Value> values)
{
    public ExplainedNode Build(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value? value = values.TryGetValue(expr.Id, out Value found) ? found : null;
        string text = CelPrinter.Print(expr, parsed.MacroCalls);
        List<ExplainedNode> children = [];
        if (expr is not Expr.Constant)
            foreach (Expr part in Parts(expr))
            {
                ExplainedNode child = Build(part);
                if (!child.IsSkipped || MaySkip(expr, part))
                    children.Add(child);
            }
        bool isSkipped = value is null && children.TrueForAll(x => x.IsSkipped);
        return new(expr.Id, text, value, isSkipped, isSkipped ? [] : children);
    }

    // What was written, not what macros made of it.
    private IEnumerable<Expr> Parts(Expr expr)
    {
        if (expr is Expr.Select { TestOnly: true } test)
            return [test.Operand];
        return (parsed.MacroCalls.TryGetValue(expr.Id, out Expr? written) ? written : expr).Children();
    }

    // Names of variables, of namespaces and parts of qualified names have no value either, but nothing skipped them.
    private bool MaySkip(Expr parent, Expr part)
    {
        if (parsed.MacroCalls.ContainsKey(parent.Id))
            return part is not Expr.Ident;
        return parent is Expr.Call call
            && call.Function is Operators.And or Operators.Or or Operators.Conditional or "or" or "orValue";
    }
}
