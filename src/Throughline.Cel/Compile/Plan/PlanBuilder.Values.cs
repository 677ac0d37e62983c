using System.Numerics;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Scalars, and values of any type.</summary>
internal sealed partial class PlanBuilder<T>
{
    private ScalarNode<T, TValue>? TryScalar<TValue>(Expr expr)
    {
        if (TryConstant(expr, out Value constant))
            return Scalars.TryGet(constant, out TValue known) ? new ScalarConstant<T, TValue>(known) : null;
        if (TryPlace(expr, out Slot<T>? slot))
            return slot is ScalarSlot<T, TValue> field ? Field(expr, field) : null;
        if (expr is Expr.Comprehension fold)
            return ScalarFold<TValue>(fold);
        if (expr is not Expr.Call call)
            return null;
        if (call is { Function: Operators.Conditional, Args: [var condition, var yes, var no] })
            return new ScalarConditional<T, TValue>(Bool(condition), Scalar<TValue>(yes), Scalar<TValue>(no));
        string overload = context.OverloadOf(call) ?? "";
        if (typeof(TValue) == typeof(long))
            return (Size(call, overload) ?? Arithmetic<long>(call, overload, "_int64")) as ScalarNode<T, TValue>;
        if (typeof(TValue) == typeof(ulong))
            return Arithmetic<ulong>(call, overload, "_uint64") as ScalarNode<T, TValue>;
        return typeof(TValue) == typeof(double)
            ? Arithmetic<double>(call, overload, "_double") as ScalarNode<T, TValue>
            : null;
    }

    private ScalarNode<T, TNumber>? Arithmetic<TNumber>(Expr.Call call, string overload, string type)
        where TNumber : struct, INumber<TNumber>
    {
        if (!overload.EndsWith(type, StringComparison.Ordinal) || !AreTyped([.. call.Args]))
            return null;
        return (call.Function, call.Args) switch
        {
            (Operators.Add, [var a, var b]) => Arithmetic<TNumber, Adding>(a, b),
            (Operators.Subtract, [var a, var b]) => Arithmetic<TNumber, Subtracting>(a, b),
            (Operators.Multiply, [var a, var b]) => Arithmetic<TNumber, Multiplying>(a, b),
            (Operators.Divide, [var a, var b]) => Arithmetic<TNumber, Dividing>(a, b),
            (Operators.Modulo, [var a, var b]) => Arithmetic<TNumber, TakingRest>(a, b),
            (Operators.Negate, [var a]) => new NegateNode<T, TNumber>(Scalar<TNumber>(a)),
            _ => null,
        };
    }

    // An operand of type dyn may be of another type, which is an error only if no other operand is a fault; constants are none.
    private bool AreTyped(params ReadOnlySpan<Expr> operands)
    {
        int open = 0;
        bool isTyped = true;
        foreach (Expr operand in operands)
        {
            if (TryConstant(operand, out _))
                continue;
            open++;
            isTyped &= context.TypeOf(operand) != TypeKind.Dyn;
        }
        return isTyped || open == 1;
    }

    private ArithmeticNode<T, TNumber, TOperation> Arithmetic<TNumber, TOperation>(Expr a, Expr b)
        where TNumber : struct, INumber<TNumber>
        where TOperation : struct, IArithmetic => new(Scalar<TNumber>(a), Scalar<TNumber>(b));

    private ScalarNode<T, long>? Size(Expr.Call call, string overload)
    {
        switch (overload)
        {
            case "size_string" or "string_size":
                context.NeedsBudget = true;
                return new TextSize<T>(Scalar<string>(call.Target ?? call.Args[0]));
            case "size_list" or "list_size":
                Expr list = call.Target ?? call.Args[0];
                if (TryPlace(list, out Slot<T>? slot))
                    return (slot as ListSlot<T>)?.Size();
                return FoldShapes.OfList(list) is null
                    ? null
                    : Shared(call, new LoopSize<T>((LoopNode<T>)Loop(Plan(FoldKind.Count, list, new CountEnd()))));
            default:
                return null;
        }
    }

    // Everything by its value.
    private ValueNode<T> General(Expr expr)
    {
        if (TryConstant(expr, out Value constant))
            return new ValueConstant<T>(constant);
        if (TryPlace(expr, out Slot<T>? slot))
            return FieldValue(expr, slot);
        if (TryOptional(expr) is { } optional)
            return new ValueOfMaybe<T>(optional);
        return expr switch
        {
            Expr.Select select when context.ReferenceOf(select) is null => Field(select),
            Expr.Call { Function: Operators.Index, Args: [var of, var index] } => new ValueIndex<T>(
                Value(of),
                Value(index)
            ),
            Expr.Call { Function: Operators.Conditional, Args: [var condition, var yes, var no] } =>
                new ValueConditional<T>(Bool(condition), Value(yes), Value(no)),
            Expr.Call { Function: "orValue", Args: [var other] } call when context.IsMethod(call) => new ValueOrElse<T>(
                Optional(call.Target!),
                Value(other)
            ),
            Expr.Call call when context.OverloadOf(call) == "optional_value" => new ValueInMaybe<T>(
                Optional(call.Target!)
            ),
            Expr.Call call => Call(call),
            Expr.Comprehension fold => Shared(fold, GeneralFold(fold), always: false),
            Expr.ListLiteral list => List(list),
            Expr.MapLiteral map => new ValueMap<T>([
                .. map.Entries.Select(x => (Value(x.Key), Part(x.Value, x.Optional))),
            ]),
            Expr.MessageLiteral message when context.ReferenceOf(message) is { } found => new ValueMessage<T>(
                context.Environment.Types,
                found.Name,
                [.. message.Fields.Select(x => (x.Field, Part(x.Value, x.Optional)))]
            ),
            _ => Fail(),
        };
    }

    private ValueNode<T> Field(Expr.Select select)
    {
        ValueNode<T> operand = Value(select.Operand);
        if (select.TestOnly)
            return new ValueHas<T>(operand, select.Field);
        return operand is ObjectPath<T> path
            ? path.Then(select.Field, isOptional: false)
            : new ValueSelect<T>(operand, select.Field);
    }

    private ValueList<T> List(Expr.ListLiteral list)
    {
        HashSet<int> optional = [.. list.Optional];
        return new([.. list.Elements.Select((x, i) => Part(x, optional.Contains(i)))]);
    }

    private LiteralPart<T> Part(Expr expr, bool isOptional) =>
        isOptional ? new(null, Optional(expr)) : new(Value(expr), null);

    private ValueNode<T> Call(Expr.Call call)
    {
        if (context.ReferenceOf(call) is not { } reference)
            return Fail();
        bool isMethod = context.IsMethod(call);
        List<Expr> arguments = isMethod ? [call.Target!, .. call.Args] : [.. call.Args];
        if (!context.Index.Functions.TryGetValue(reference.Name, out List<Overload>? all))
            return
                arguments is [var argument] && context.Environment.Types.TryFindType(reference.Name, out CelType? type)
                ? new ValueEnum<T>(context.Environment.Types, type, Value(argument))
                : Fail();
        List<Overload> fitting = all.FindAll(x =>
            x.IsInstance == isMethod
            && x.Parameters.Count == arguments.Count
            && (reference.Overloads.Count == 0 || reference.Overloads.Contains(x.Id))
        );
        if (reference.Name == "int" && context.Environment.StrongEnums)
            fitting.Add(Planner.EnumToInt);
        // The operators that are not strict have nodes of their own.
        if (fitting.Exists(x => x.Compute is null))
            return Fail();
        // Functions may cost what their arguments are long, or go as deep as those are.
        context.NeedsBudget = true;
        ValueCall<T> node = new(reference.Name, [.. fitting], [.. arguments.Select(Value)]);
        return Shared(call, node, always: !fitting.TrueForAll(x => x.IsPure));
    }
}
