using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Check;

/// <summary>Calls: which overloads may apply, and what they give.</summary>
internal sealed partial class CheckWalk
{
    private CelType Call(Expr.Call call)
    {
        if (call.Function == Operators.OptionalSelect && call.Args is [var operand, Expr.Constant { Value: var field }])
        {
            types[call.Args[1].Id] = CelType.String;
            references[call.Id] = new(call.Function, ["select_optional_field"]);
            return Field(call, operand, field.String, isOptional: true);
        }
        if (call.Target is null)
            return CallByName(call, call.Function);
        // "a.b.f(x)" is the function a.b.f, if there is one, and otherwise the method f of a.b.
        if (QualifiedName(call.Target) is { } prefix && FindFunction($"{prefix}.{call.Function}") is not null)
            return CallByName(call, $"{prefix}.{call.Function}");
        return CallOfMethod(call, call.Target);
    }

    private CelType CallByName(Expr.Call call, string written)
    {
        CelType[] arguments = [.. call.Args.Select(Check)];
        if (FindFunction(written) is not { } found)
            return UndeclaredFunction(call, written);
        return found.EnumType is { } enumType
            ? EnumConversion(call, found.Name, enumType, arguments)
            : Overloads(call, found.Name, found.Overloads, arguments);
    }

    private CelType CallOfMethod(Expr.Call call, Expr target)
    {
        int before = issues.Count;
        CelType targetType = Check(target);
        CelType[] arguments = [targetType, .. call.Args.Select(Check)];
        if (FindFunction(call.Function) is { EnumType: null } found)
            return Overloads(call, found.Name, found.Overloads, arguments);
        // "optional.oof(1)": that the namespace is no variable is not the point.
        string? prefix = QualifiedName(target);
        string whole = prefix is null ? call.Function : $"{prefix}.{call.Function}";
        bool isNamespace =
            prefix is not null && index.Functions.Keys.Any(x => x.StartsWith(prefix + ".", StringComparison.Ordinal));
        if (isNamespace && issues.Count > before)
            issues.RemoveRange(before, issues.Count - before);
        return UndeclaredFunction(call, isNamespace ? whole : call.Function);
    }

    private CelType Overloads(Expr.Call call, string name, List<Overload> overloads, CelType[] arguments)
    {
        bool isMethod = call.Target is not null && arguments.Length == call.Args.Count + 1;
        List<string> fitting = [];
        CelType? result = null;
        foreach (Overload overload in overloads)
        {
            if (overload.IsInstance != isMethod || overload.Parameters.Count != arguments.Length)
                continue;
            (CelType[] parameters, CelType given) = Instantiate(overload);
            if (!unifier.Agree(arguments, parameters))
                continue;
            fitting.Add(overload.Id);
            given = unifier.Resolve(given);
            result = result is null || result.Equals(given) ? given : CelType.Dyn;
        }
        if (result is null && EnumToInt(name, arguments) is { } id)
        {
            fitting.Add(id);
            result = CelType.Int;
        }
        if (result is null)
            return arguments.Any(x => x.Kind == TypeKind.Error)
                ? CelType.Error
                : Report(call, CallText.NoOverload(name, isMethod, [.. arguments.Select(Show)], overloads));
        references[call.Id] = new(name, fitting);
        return result;
    }

    // An overload's parameters stand for other types in every call.
    private (CelType[] Parameters, CelType Result) Instantiate(Overload overload)
    {
        Dictionary<string, CelType>? fresh = null;
        CelType[] parameters = new CelType[overload.Parameters.Count];
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] = Renamed(overload.Parameters[i], ref fresh);
        return (parameters, Renamed(overload.Result, ref fresh));
    }

    private CelType Renamed(CelType type, ref Dictionary<string, CelType>? fresh)
    {
        if (type.Kind == TypeKind.Parameter)
        {
            fresh ??= new(StringComparer.Ordinal);
            if (!fresh.TryGetValue(type.Name, out CelType? renamed))
                fresh[type.Name] = renamed = unifier.Fresh();
            return renamed;
        }
        CelType[]? changed = null;
        for (int i = 0; i < type.Parameters.Length; i++)
        {
            CelType part = Renamed(type.Parameters[i], ref fresh);
            if (ReferenceEquals(part, type.Parameters[i]))
                continue;
            changed ??= [.. type.Parameters];
            changed[i] = part;
        }
        return changed is null ? type : type.WithParameters(changed);
    }

    private (string Name, List<Overload> Overloads, CelType? EnumType)? FindFunction(string written)
    {
        foreach (string candidate in index.Candidates(written))
        {
            if (index.Functions.TryGetValue(candidate, out List<Overload>? overloads))
                return (candidate, overloads, null);
            if (
                environment.StrongEnums
                && environment.Types.TryFindType(candidate, out CelType? type)
                && type.Kind == TypeKind.Enum
            )
                return (candidate, [], type);
        }
        return null;
    }

    // The name of a strong enum converts a number or a value's name into a value of it.
    private CelType EnumConversion(Expr.Call call, string name, CelType enumType, CelType[] arguments)
    {
        List<string> fitting = [];
        if (arguments is [var argument])
        {
            if (unifier.Agree(argument, CelType.Int))
                fitting.Add("int_to_enum");
            if (unifier.Agree(argument, CelType.String))
                fitting.Add("string_to_enum");
        }
        if (fitting.Count == 0)
            return Report(call, $"{name} is made of one int or string");
        references[call.Id] = new(name, fitting);
        return enumType;
    }

    private string? EnumToInt(string name, CelType[] arguments) =>
        name == "int" && arguments is [var argument] && unifier.Resolve(argument).Kind == TypeKind.Enum
            ? "enum_to_int"
            : null;

    private CelType UndeclaredFunction(Expr.Call call, string name)
    {
        string kind = call.Target is null ? "function" : "function or method";
        return Report(
            call,
            $"undeclared {kind} '{name}'{Suggestion.For(name, index.Functions.Keys.Where(CallText.IsName))}"
        );
    }
}
