using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Check;

/// <summary>Names and selections: the longest qualified name that is known wins; locals hide all others.</summary>
internal sealed partial class CheckWalk
{
    // The longest qualified name that is being looked at, for messages.
    private string? chain;

    private CelType Ident(Expr.Ident ident)
    {
        if (locals.Find(ident.Name) is { } local)
            return local;
        if (Resolve(ident.Name) is not { } found)
            return Undeclared(ident);
        references[ident.Id] = found.Reference;
        return found.Type;
    }

    private CelType Select(Expr.Select select)
    {
        string? name = select.TestOnly ? null : QualifiedName(select);
        if (name is not null && Resolve(name) is { } found)
        {
            references[select.Id] = found.Reference;
            return found.Type;
        }
        string? outer = chain;
        chain = name is null ? null : chain ?? name;
        CelType field = Field(select, select.Operand, select.Field, isOptional: false);
        chain = outer;
        return select.TestOnly ? CelType.Bool : field;
    }

    /// <summary>The type of a field of an operand; of an optional operand it is an optional field.</summary>
    private CelType Field(Expr place, Expr operand, string field, bool isOptional)
    {
        CelType operandType = unifier.Resolve(Check(operand));
        bool wasOptional = operandType.IsOptional;
        CelType target = wasOptional ? operandType.Parameters[0] : operandType;
        CelType result;
        switch (target.Kind)
        {
            case TypeKind.Map:
                Expect(place, CelType.String, target.Parameters[0]);
                result = target.Parameters[1];
                break;
            case TypeKind.Message:
                result = FieldOf(target.Name, field) ?? NoField(place, target.Name, field);
                break;
            case TypeKind.Parameter:
                unifier.Agree(CelType.Dyn, target);
                result = CelType.Dyn;
                break;
            case TypeKind.Dyn or TypeKind.Any or TypeKind.Error:
                result = CelType.Dyn;
                break;
            default:
                return Report(place, $"{Show(target)} has no fields; '{field}' cannot be selected");
        }
        return (isOptional || wasOptional) && result.Kind != TypeKind.Error ? CelType.Optional(result) : result;
    }

    /// <summary><c>a.b.c</c> as it is written, if it is no more than names and none of its heads is local; null otherwise.</summary>
    private string? QualifiedName(Expr expr)
    {
        string tail = "";
        for (Expr at = expr; ; )
        {
            switch (at)
            {
                case Expr.Select { TestOnly: false } select:
                    tail = $".{select.Field}{tail}";
                    at = select.Operand;
                    break;
                case Expr.Ident ident when locals.Find(ident.Name) is null:
                    return ident.Name + tail;
                default:
                    return null;
            }
        }
    }

    /// <summary>The variable, type or enum value that a name means, by the rules of the container.</summary>
    private (CelType Type, Reference Reference)? Resolve(string name)
    {
        foreach (string candidate in index.Candidates(name))
        {
            if (index.Variables.TryGetValue(candidate, out Variable? variable))
                return (variable.Type, new(candidate, [], variable.Constant));
            if (index.Types.TryGetValue(candidate, out CelType? core))
                return (CelType.TypeOf(core), new(candidate, [], Value.Of(core)));
            if (environment.Types.TryFindType(candidate, out CelType? type))
                return (CelType.TypeOf(type), new(candidate, [], Value.Of(type)));
            if (environment.Types.TryFindEnumValue(candidate, out CelType? enumType, out int number))
                return environment.StrongEnums
                    ? (enumType, new(candidate, [], Value.Of(new CelEnum(enumType, number))))
                    : (CelType.Int, new(candidate, [], Value.Of((long)number)));
        }
        return null;
    }

    private CelType? FieldOf(string message, string field)
    {
        CelType? type = environment.Types.FieldType(message, field) ?? environment.Types.ExtensionType(message, field);
        return type is null ? null : AsDeclared(type);
    }

    private CelType NoField(Expr place, string message, string field) =>
        Report(place, $"{message} has no field '{field}'{Suggestion.For(field, environment.Types.FieldsOf(message))}");

    // "reqest.ip": the longest part that is near to something known tells most.
    private CelType Undeclared(Expr.Ident ident)
    {
        IReadOnlyCollection<string> known = [.. index.Variables.Keys, .. index.Types.Keys, .. locals.Names];
        for (string part = chain ?? ident.Name; part.Length >= ident.Name.Length; part = part[..part.LastIndexOf('.')])
        {
            string near = Suggestion.For(part.TrimStart('.'), known);
            if (near.Length > 0)
                return Report(ident, $"undeclared name '{part}'{near}");
            if (!part.AsSpan(ident.Name.Length).Contains('.'))
                break;
        }
        string hint = index.Functions.ContainsKey(ident.Name) ? "; it is a function, to be called with (...)" : "";
        return Report(ident, $"undeclared name '{ident.Name}'{hint}");
    }
}
