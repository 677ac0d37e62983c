using Throughline.Cel.Check;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>Calls: operators that are not strict, functions, and methods.</summary>
internal sealed partial class Planner
{
    private Node Call(Expr.Call call) =>
        (call.Function, call.Target, call.Args) switch
        {
            (Operators.And, null, [var a, var b]) => new LogicNode(call.Id, Plan(a), Plan(b), deciding: false),
            (Operators.Or, null, [var a, var b]) => new LogicNode(call.Id, Plan(a), Plan(b), deciding: true),
            (Operators.Conditional, null, [var a, var b, var c]) => new ConditionalNode(
                call.Id,
                Plan(a),
                Plan(b),
                Plan(c)
            ),
            (Operators.NotStrictlyFalse, null, [var a]) => new NotStrictlyFalseNode(call.Id, Plan(a)),
            (Operators.Index, null, [var a, var b]) => new IndexNode(call.Id, Plan(a), Plan(b), isOptional: false),
            (Operators.OptionalIndex, null, [var a, var b]) => new IndexNode(
                call.Id,
                Plan(a),
                Plan(b),
                isOptional: true
            ),
            (Operators.OptionalSelect, null, [var a, Expr.Constant field]) => new OptionalSelectNode(
                call.Id,
                Plan(a),
                field.Value.String
            ),
            (_, null, _) => Function(call, call.Function) ?? Unbound(call),
            _ => Qualified(call) ?? Method(call, call.Target!),
        };

    // "a.b.f(x)" is the function a.b.f, if there is one, and otherwise the method f of a.b.
    private Node? Qualified(Expr.Call call)
    {
        bool isMethod = check?.Types.ContainsKey(call.Target!.Id) ?? false;
        return !isMethod && QualifiedName(call.Target!) is { } parts
            ? Function(call, $"{string.Join('.', parts)}.{call.Function}")
            : null;
    }

    private Node? Function(Expr.Call call, string written)
    {
        foreach (string name in index.Candidates(written))
        {
            if (index.Functions.TryGetValue(name, out List<Overload>? overloads))
                return Call(call, name, overloads, call.Args, isMethod: false);
            bool isEnum = environment.Types.TryFindType(name, out CelType? type) && type.Kind == TypeKind.Enum;
            if (isEnum && environment.StrongEnums && call.Args is [var argument])
                return new EnumNode(call.Id, environment.Types, type!, Plan(argument));
        }
        return null;
    }

    private Node Method(Expr.Call call, Expr target)
    {
        if (call.Function is "or" or "orValue" && call.Args is [var other])
            return new OrElseNode(call.Id, Plan(target), Plan(other), unwrap: call.Function == "orValue");
        foreach (string name in index.Candidates(call.Function))
            if (index.Functions.TryGetValue(name, out List<Overload>? overloads))
                return Call(call, name, overloads, [target, .. call.Args], isMethod: true);
        return Unbound(call);
    }

    private CallNode Call(
        Expr.Call call,
        string name,
        List<Overload> overloads,
        IReadOnlyList<Expr> arguments,
        bool isMethod
    )
    {
        Reference? found = ReferenceOf(call);
        List<Overload> fitting = overloads.FindAll(x =>
            x.IsInstance == isMethod
            && x.Parameters.Count == arguments.Count
            && (found is null || found.Overloads.Count == 0 || found.Overloads.Contains(x.Id))
        );
        if (name == "int" && environment.StrongEnums)
            fitting.Add(EnumToInt);
        return new(call.Id, name, [.. fitting], [.. arguments.Select(Plan)]);
    }

    private static FailingNode Unbound(Expr.Call call) => new(call.Id, $"no such function: {call.Function}");

    // Values of enums have too many types to be declared.
    internal static readonly Overload EnumToInt = new(
        "enum_to_int",
        IsInstance: false,
        [CelType.Dyn],
        CelType.Int,
        x =>
            x[0].TryGet(out CelEnum? value)
                ? Value.Of((long)value.Number)
                : Value.Error($"no such overload: int({x[0].Type})")
    );
}
