using Throughline.Cel.Parse;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Expressions of optional types (extension "optional types").</summary>
internal sealed partial class PlanBuilder<T>
{
    private MaybeNode<T> Optional(Expr expr) => TryOptional(expr) ?? new MaybeOfValue<T>(Value(expr));

    // What need not be made to be looked at.
    private MaybeNode<T>? TryOptional(Expr expr)
    {
        switch (expr)
        {
            case Expr.Call { Function: Operators.OptionalSelect, Args: [var of, Expr.Constant field] }:
                return OptionalField(of, field.Value.String);
            case Expr.Select { TestOnly: false } select when context.IsOptional(select.Operand):
                return context.ReferenceOf(select) is null ? OptionalField(select.Operand, select.Field) : null;
            case Expr.Call { Function: Operators.OptionalIndex, Args: [var of, var index] }:
                return OptionalIndex(of, index);
            case Expr.Call { Function: Operators.Index, Args: [var of, var index] } when context.IsOptional(of):
                return OptionalIndex(of, index);
            case Expr.Call { Function: "or", Args: [var other] } call when context.IsMethod(call):
                return new MaybeElse<T>(Optional(call.Target!), Optional(other));
            case Expr.Call call:
                return context.OverloadOf(call) switch
                {
                    "optional_of" => new MaybeOf<T>(Value(call.Args[0]), nonZero: false),
                    "optional_ofNonZeroValue" => new MaybeOf<T>(Value(call.Args[0]), nonZero: true),
                    "optional_none" => new MaybeNone<T>(),
                    _ => null,
                };
            default:
                return null;
        }
    }

    private MaybeNode<T> OptionalField(Expr of, string field)
    {
        if (context.IsOptional(of))
            return Optional(of) switch
            {
                MaybePath<T> path => new MaybePath<T>(path.Path.Then(field, isOptional: true)),
                MaybeField<T> { Slot: GroupSlot<T> inner } outer
                    when inner.Fields.TryGetValue(field, out Slot<T>? slot) => new MaybeField<T>(slot, outer.Parent),
                MaybeNode<T> operand => new MaybeThen<T>(operand, field),
            };
        if (TryPlace(of, out Slot<T>? place) && place is GroupSlot<T> group)
            if (group.Fields.TryGetValue(field, out Slot<T>? found))
                return new MaybeField<T>(found, group);
        ValueNode<T> value = Value(of);
        return value is ObjectPath<T> root
            ? new MaybePath<T>(root.Then(field, isOptional: true))
            : new MaybeSelect<T>(value, field);
    }

    private MaybeNode<T> OptionalIndex(Expr of, Expr index) =>
        context.IsOptional(of)
            ? new MaybeThenIndex<T>(Optional(of), Value(index))
            : new MaybeIndex<T>(Value(of), Value(index));
}
