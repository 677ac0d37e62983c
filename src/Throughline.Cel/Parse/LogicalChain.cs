namespace Throughline.Cel.Parse;

/// <summary>Chains of <c>&amp;&amp;</c> or <c>||</c> behind the balanced trees that the parser makes of them.</summary>
internal static class LogicalChain
{
    /// <summary>
    /// The terms that, written one after the other, become this tree again; of a tree of another shape, which comes from
    /// parentheses, its two operands.
    /// </summary>
    public static IReadOnlyList<Expr> TermsOf(Expr.Call call, IReadOnlyDictionary<int, Expr> macroCalls)
    {
        List<Expr> terms = [];
        return IsBalanced(call, call.Function, macroCalls, terms) ? terms : call.Args;
    }

    private static bool IsBalanced(
        Expr node,
        string function,
        IReadOnlyDictionary<int, Expr> macroCalls,
        List<Expr> terms
    )
    {
        bool isLink =
            node is Expr.Call { Target: null, Args.Count: 2 } call
            && call.Function == function
            && !macroCalls.ContainsKey(node.Id);
        if (!isLink)
        {
            terms.Add(node);
            return true;
        }
        IReadOnlyList<Expr> operands = ((Expr.Call)node).Args;
        int before = terms.Count;
        if (!IsBalanced(operands[0], function, macroCalls, terms))
            return false;
        int left = terms.Count - before;
        return IsBalanced(operands[1], function, macroCalls, terms)
            && left == Precedence.LeftTerms(terms.Count - before);
    }
}
