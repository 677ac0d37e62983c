using Throughline.Cel.Parse;

namespace Throughline.Core.Gate.Rules;

/// <summary>What an expression reads of its input: qualified names as they are written, the longest ones.</summary>
internal static class FeatureUse
{
    /// <summary>All names that may be read, each with the place where it is written first; a loop's variables are in, too.</summary>
    public static SortedDictionary<string, int> Of(Expr root)
    {
        SortedDictionary<string, int> found = new(StringComparer.Ordinal);
        Stack<Expr> open = new([root]);
        while (open.TryPop(out Expr? next))
        {
            if (NameOf(next) is { } name)
            {
                int start = StartOf(next);
                if (!found.TryGetValue(name, out int before) || start < before)
                    found[name] = start;
                continue;
            }
            foreach (Expr child in next.Children())
                open.Push(child);
        }
        return found;
    }

    /// <summary>Whether a name that is read is this one, is part of it, or holds it.</summary>
    public static bool Touches(string read, string name) =>
        read == name
        || read.StartsWith(name + ".", StringComparison.Ordinal)
        || name.StartsWith(read + ".", StringComparison.Ordinal);

    private static string? NameOf(Expr expr) =>
        expr switch
        {
            Expr.Ident ident => ident.Name.TrimStart('.'),
            Expr.Select select when NameOf(select.Operand) is { } operand => operand + "." + select.Field,
            _ => null,
        };

    private static int StartOf(Expr expr)
    {
        while (expr is Expr.Select select)
            expr = select.Operand;
        return expr.Position;
    }
}
