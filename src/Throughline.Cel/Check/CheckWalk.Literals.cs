using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>Literals of lists, maps and messages. Elements that have no type in common make a list of <c>dyn</c>.</summary>
internal sealed partial class CheckWalk
{
    private CelType List(Expr.ListLiteral list)
    {
        CelType? element = null;
        int optionals = 0;
        for (int i = 0; i < list.Elements.Count; i++)
        {
            CelType type = Check(list.Elements[i]);
            // Indexes of optional elements ascend.
            if (optionals < list.Optional.Count && list.Optional[optionals] == i)
            {
                optionals++;
                type = ValueOfOptional(list.Elements[i], type);
            }
            element = Joined(element, type);
        }
        return CelType.List(element ?? unifier.Fresh());
    }

    private CelType Map(Expr.MapLiteral map)
    {
        CelType? key = null;
        CelType? value = null;
        foreach (MapEntry entry in map.Entries)
        {
            CelType keyType = Check(entry.Key);
            if (!MayBeKey(keyType))
                Report(entry.Key, $"{Show(keyType)} is no type of keys; a key is a bool, int, uint or string");
            key = Joined(key, keyType);
            CelType valueType = Check(entry.Value);
            value = Joined(value, entry.Optional ? ValueOfOptional(entry.Value, valueType) : valueType);
        }
        return CelType.Map(key ?? unifier.Fresh(), value ?? unifier.Fresh());
    }

    private CelType Message(Expr.MessageLiteral message)
    {
        string? name = null;
        CelType? type = null;
        foreach (string candidate in index.Candidates(message.TypeName))
            if (environment.Types.TryFindType(candidate, out type))
            {
                name = candidate;
                break;
            }
        if (name is null || type is null || type.Kind == TypeKind.Enum)
        {
            foreach (FieldEntry field in message.Fields)
                Check(field.Value);
            return index.Types.ContainsKey(message.TypeName) || type is not null
                ? Report(message, $"{message.TypeName} is no message")
                : Report(message, $"undeclared message '{message.TypeName}'");
        }
        references[message.Id] = new(name, []);
        foreach (FieldEntry field in message.Fields)
            FieldValue(name, field);
        return type;
    }

    private void FieldValue(string message, FieldEntry field)
    {
        CelType given = Check(field.Value);
        if (field.Optional)
            given = ValueOfOptional(field.Value, given);
        CelType asked = FieldOf(message, field.Field) ?? NoField(field.Value, message, field.Field);
        if (!unifier.Agree(given, asked))
            Report(field.Value, $"field '{field.Field}' of {message} is {Show(asked)}, not {Show(given)}");
    }

    private CelType Joined(CelType? before, CelType type)
    {
        if (before is null)
            return type;
        return unifier.Agree(type, before) ? TypeUnifier.Join(before, type) : CelType.Dyn;
    }

    private CelType ValueOfOptional(Expr expr, CelType type)
    {
        CelType resolved = unifier.Resolve(type);
        if (resolved.IsOptional)
            return resolved.Parameters[0];
        if (TypeUnifier.IsDynamic(resolved) || resolved.Kind is TypeKind.Error or TypeKind.Parameter)
            return CelType.Dyn;
        return Report(expr, $"expected an optional value after '?', found {Show(resolved)}");
    }

    private bool MayBeKey(CelType type) =>
        unifier.Resolve(type).Kind
            is TypeKind.Bool
                or TypeKind.Int
                or TypeKind.Uint
                or TypeKind.String
                or TypeKind.Dyn
                or TypeKind.Any
                or TypeKind.Parameter
                or TypeKind.Error
                or TypeKind.Wrapper
                or TypeKind.Enum;
}
