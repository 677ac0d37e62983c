using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Scalars, values of any type, and loops.</summary>
internal sealed partial class PlanBuilder<T>
{
    private ScalarNode<T, TValue>? TryScalar<TValue>(Expr expr)
    {
        if (TryConstant(expr, out Value constant))
            return Scalars.TryGet(constant, out TValue known) ? new ScalarConstant<T, TValue>(known) : null;
        if (TryPlace(expr, out Slot<T>? slot))
            return slot is ScalarSlot<T, TValue> field ? Field(expr, field) : null;
        if (expr is not Expr.Call call)
            return null;
        if (call is { Function: Operators.Conditional, Args: [var condition, var yes, var no] })
            return new ScalarConditional<T, TValue>(Bool(condition), Scalar<TValue>(yes), Scalar<TValue>(no));
        string overload = context.OverloadOf(call) ?? "";
        if (typeof(TValue) == typeof(long))
            return Ints(call, overload) as ScalarNode<T, TValue>;
        return typeof(TValue) == typeof(double) && Operations.OfDoubles(overload) is { } doubles
            ? new ArithmeticNode<T, double>(
                Scalar<double>(call.Args[0]),
                Scalar<double>(call.Args[1]),
                doubles,
                Operations.WhyOverflow
            ) as ScalarNode<T, TValue>
            : null;
    }

    private ScalarNode<T, long>? Ints(Expr.Call call, string overload) =>
        overload switch
        {
            "size_string" => new TextSize<T>(Scalar<string>(call.Args[0])),
            "string_size" => new TextSize<T>(Scalar<string>(call.Target!)),
            _ when Operations.OfInts(overload) is { } operation => new ArithmeticNode<T, long>(
                Scalar<long>(call.Args[0]),
                Scalar<long>(call.Args[1]),
                operation,
                Operations.WhyOverflow
            ),
            _ => null,
        };

    // Everything by its value.
    private ValueNode<T> General(Expr expr)
    {
        if (TryConstant(expr, out Value constant))
            return new ValueConstant<T>(constant);
        if (TryPlace(expr, out Slot<T>? slot))
            return slot is ObjectSlot<T> root ? new ObjectPath<T>(root.Field, []) : FieldValue(expr, slot);
        switch (expr)
        {
            case Expr.Select select when !context.Check.References.ContainsKey(select.Id):
                ValueNode<T> operand = Value(select.Operand);
                if (select.TestOnly)
                    return new ValueHas<T>(operand, select.Field);
                return operand is ObjectPath<T> path
                    ? path.Then(select.Field)
                    : new ValueSelect<T>(operand, select.Field);
            case Expr.Call { Function: Operators.Index, Args: [var of, var index] }:
                return new ValueIndex<T>(Value(of), Value(index));
            case Expr.Call { Function: Operators.Conditional, Args: [var condition, var yes, var no] }:
                return new ValueConditional<T>(Bool(condition), Value(yes), Value(no));
            case Expr.Call { Function: not ("or" or "orValue") } call when CallOf(call) is { } node:
                return node;
            default:
                return Interpret(expr);
        }
    }

    private ValueNode<T>? CallOf(Expr.Call call)
    {
        // A target without a type is part of the function's name.
        bool isMethod = call.Target is not null && context.Check.Types.ContainsKey(call.Target.Id);
        List<Expr> arguments = isMethod ? [call.Target!, .. call.Args] : [.. call.Args];
        if (
            arguments.Count > ValueCall<T>.MaxArguments
            || !context.Check.References.TryGetValue(call.Id, out Check.Reference? reference)
            || !context.Index.Functions.TryGetValue(reference.Name, out List<Overload>? all)
        )
            return null;
        Overload[] fitting =
        [
            .. all.Where(x =>
                x.IsInstance == isMethod
                && x.Parameters.Count == arguments.Count
                && (reference.Overloads.Count == 0 || reference.Overloads.Contains(x.Id))
            ),
        ];
        // The interpreter knows the operators that are not strict, and overloads that are not declared.
        if (fitting.Length == 0 || fitting.Any(x => x.Compute is null) || reference.Overloads.Contains("enum_to_int"))
            return null;
        ValueCall<T> node = new(reference.Name, fitting, [.. arguments.Select(Value)]);
        return Shared(call, node, always: !Array.TrueForAll(fitting, x => x.IsPure));
    }

    private ValueNode<T> Interpret(Expr expr)
    {
        if (activation is null)
        {
            Failed = true;
            return new ValueConstant<T>(default);
        }
        Planner planner = new(context.Environment, context.Check);
        Node node = planner.Plan(expr);
        return Shared(expr, new InterpretedValue<T>(node, planner.LocalSlots, activation), always: false);
    }

    private BoolNode<T>? Loop(FoldShape fold)
    {
        if (depth >= MaxLoops)
            return null;
        if (TryPlace(fold.Range, out Slot<T>? slot) && slot is ListSlot<T> list)
            return list.Loop(this, fold);
        ValueNode<T> range = Value(fold.Range);
        if (range is ObjectPath<T> path)
        {
            Slot<object?> element = new ObjectSlot<object?>(fold.Variable, CelType.Dyn, x => x);
            return ForElement(fold, element) is { } alone ? new ObjectLoop<T>(fold.Kind, path, alone) : null;
        }
        Slot<Value> any = new ValueSlot<Value>(fold.Variable, CelType.Dyn, null, x => x, null);
        if (ForElement(fold, any) is { } body)
            return new ValueLoop<T>(fold.Kind, range, body);
        return ForPair(fold, any) is { } pairs ? new ValuePairLoop<T>(fold.Kind, range, pairs) : null;
    }

    /// <summary>The body of a loop over the element alone; null if it needs more.</summary>
    public BoolNode<TElement>? ForElement<TElement>(FoldShape fold, Slot<TElement> slot)
    {
        PlanBuilder<TElement> inner = new(
            context,
            _ => null,
            x => x == fold.Variable ? slot : null,
            activation: null,
            depth + 1
        );
        BoolNode<TElement> body = inner.Bool(fold.Body);
        return inner.Failed ? null : body;
    }

    /// <summary>The body of a loop over the element and the input around it; null if it needs the interpreter.</summary>
    public BoolNode<Pair<T, TElement>>? ForPair<TElement>(FoldShape fold, Slot<TElement> slot)
    {
        PlanBuilder<Pair<T, TElement>> inner = new(
            context,
            x => globals(x)?.Through<Pair<T, TElement>>(pair => pair.Outer, null),
            x =>
                x == fold.Variable
                    ? slot.Through<Pair<T, TElement>>(pair => pair.Element, null)
                    : locals(x)?.Through<Pair<T, TElement>>(pair => pair.Outer, null),
            activation: null,
            depth + 1
        );
        BoolNode<Pair<T, TElement>> body = inner.Bool(fold.Body);
        return inner.Failed ? null : body;
    }
}
