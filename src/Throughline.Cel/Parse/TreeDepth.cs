namespace Throughline.Cel.Parse;

/// <summary>How deep a tree is. Walks without recursion, since the tree may be of any depth.</summary>
public static class TreeDepth
{
    /// <summary>An expression that lies deeper than a number of levels, the root being at 1; null if none does.</summary>
    public static Expr? FirstBelow(Expr root, int levels)
    {
        Stack<(Expr Node, int Level)> open = new();
        open.Push((root, 1));
        while (open.TryPop(out (Expr Node, int Level) next))
        {
            if (next.Level > levels)
                return next.Node;
            foreach (Expr child in next.Node.Children())
                open.Push((child, next.Level + 1));
        }
        return null;
    }

    /// <summary>The expressions right below one, in the order in which they are written.</summary>
    public static IEnumerable<Expr> Children(this Expr node) =>
        node switch
        {
            Expr.Select select => [select.Operand],
            Expr.Call { Target: { } target } call => call.Args.Prepend(target),
            Expr.Call call => call.Args,
            Expr.ListLiteral list => list.Elements,
            Expr.MapLiteral map => map.Entries.SelectMany(entry => (Expr[])[entry.Key, entry.Value]),
            Expr.MessageLiteral message => message.Fields.Select(field => field.Value),
            Expr.Comprehension fold => [fold.Range, fold.Init, fold.Condition, fold.Step, fold.Result],
            _ => [],
        };
}
