using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>Names: variables of loops hide all others; then what the checker found, or every meaning that is possible.</summary>
internal sealed partial class Planner
{
    private Node Ident(Expr.Ident ident)
    {
        int slot = locals.LastIndexOf(ident.Name);
        return slot >= 0 ? new LocalNode(ident.Id, slot) : Name(ident, [ident.Name]);
    }

    private Node Select(Expr.Select select)
    {
        if (select.TestOnly)
            return new HasNode(select.Id, Plan(select.Operand), select.Field);
        // In a checked expression, the select that ends a qualified name has a reference; one behind it selects a field.
        bool isName = check is null || ReferenceOf(select) is not null;
        if (isName && QualifiedName(select) is { } parts)
            return Name(select, parts);
        return new SelectNode(select.Id, Plan(select.Operand), select.Field);
    }

    private Node Name(Expr expr, IReadOnlyList<string> parts)
    {
        string written = string.Join('.', parts);
        if (ReferenceOf(expr) is { } found)
            return found.Constant is { } constant
                ? new ConstantNode(expr.Id, constant)
                : new NameNode(expr.Id, written, [new Meaning(found.Name, null, [])]);
        List<Meaning> meanings = [];
        for (int length = parts.Count; length > 0; length--)
        {
            string[] fields = [.. parts.Skip(length)];
            foreach (string candidate in index.Candidates(string.Join('.', parts.Take(length))))
                meanings.Add(new(candidate, ConstantNamed(candidate), fields));
        }
        return new NameNode(expr.Id, written.TrimStart('.'), meanings);
    }

    private Value? ConstantNamed(string name)
    {
        if (index.Variables.TryGetValue(name, out Variable? variable) && variable.Constant is not null)
            return variable.Constant;
        if (index.Types.TryGetValue(name, out CelType? core))
            return Value.Of(core);
        if (environment.Types.TryFindType(name, out CelType? type))
            return Value.Of(type);
        if (!environment.Types.TryFindEnumValue(name, out CelType? enumType, out int number))
            return null;
        return environment.StrongEnums ? Value.Of(new CelEnum(enumType, number)) : Value.Of((long)number);
    }

    // The parts of a.b.c, if it is no more than names and a is no variable of a loop.
    private List<string>? QualifiedName(Expr expr)
    {
        List<string> parts = [];
        while (expr is Expr.Select { TestOnly: false } select)
        {
            parts.Add(select.Field);
            expr = select.Operand;
        }
        if (expr is not Expr.Ident root || locals.Contains(root.Name))
            return null;
        parts.Add(root.Name);
        parts.Reverse();
        return parts;
    }
}
