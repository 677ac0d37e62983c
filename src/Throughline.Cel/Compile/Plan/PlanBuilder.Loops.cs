using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Loops and bindings.</summary>
internal sealed partial class PlanBuilder<T>
{
    // Each level of typed loops is tried twice: with the element alone, and with what is around it.
    private const int MaxLoops = 4;

    private BoolNode<T>? BoolFold(Expr.Comprehension fold)
    {
        if (FoldShapes.IsBinding(fold))
        {
            PlanBuilder<T> inner = Bind(fold, out int local, out ValueNode<T>? value);
            BoolNode<T> result = inner.Bool(fold.Result);
            return value is null ? result : new BoolBinding<T>(local, value, result);
        }
        if (FoldShapes.OfBool(fold) is not { } shape)
            return null;
        if (fold.Variable2 is null)
            return Loop(Plan(shape.Kind, fold.Range, new BodyEnd(fold.Variable, null, -1, shape.Body)));
        int index = context.NewLocal();
        BodyEnd end = new(fold.Variable2, fold.Variable, index, shape.Body);
        return Loop(new(shape.Kind, fold.Range, [], end, context.NewLocal(), index, PlanContext.TurnOf(shape.Body)));
    }

    private ScalarNode<T, TValue>? ScalarFold<TValue>(Expr.Comprehension fold)
    {
        if (!FoldShapes.IsBinding(fold))
            return null;
        PlanBuilder<T> inner = Bind(fold, out int local, out ValueNode<T>? value);
        ScalarNode<T, TValue> result = inner.Scalar<TValue>(fold.Result);
        return value is null ? result : new ScalarBinding<T, TValue>(local, value, result);
    }

    private ValueNode<T> GeneralFold(Expr.Comprehension fold)
    {
        if (FoldShapes.IsBinding(fold))
        {
            PlanBuilder<T> bound = Bind(fold, out int local, out ValueNode<T>? value);
            ValueNode<T> given = bound.Value(fold.Result);
            return value is null ? given : new ValueBinding<T>(local, value, given);
        }
        context.NeedsBudget = true;
        int second = fold.Variable2 is null ? -1 : context.NewLocal();
        FoldLocals slots = new(context.NewLocal(), context.NewLocal(), second);
        PlanBuilder<T> result = With(fold.Accumulator, new LocalSlot<T>(slots.Accumulator));
        PlanBuilder<T> inner = result.With(fold.Variable, new LocalSlot<T>(slots.First));
        if (fold.Variable2 is not null)
            inner = inner.With(fold.Variable2, new LocalSlot<T>(slots.Second));
        bool isEndless = fold.Condition is Expr.Constant { Value.IsTrue: true };
        return new ValueFold<T>(
            slots,
            Value(fold.Range),
            Value(fold.Init),
            isEndless ? null : inner.Value(fold.Condition),
            inner.Value(fold.Step),
            result.Value(fold.Result),
            PlanContext.TurnOf(fold.Condition, fold.Step)
        );
    }

    /// <summary>What sees the name of a binding; without a value if the name stands for a place that can be read again.</summary>
    private PlanBuilder<T> Bind(Expr.Comprehension fold, out int local, out ValueNode<T>? value)
    {
        local = -1;
        value = null;
        if (TryPlace(fold.Init, out Slot<T>? slot) && slot is not ValueSlot<T>)
            return With(fold.Accumulator, slot);
        local = context.NewLocal();
        value = Value(fold.Init);
        return With(fold.Accumulator, new LocalSlot<T>(local));
    }

    /// <summary>A loop over one variable, with the filters and maps that its range ends in.</summary>
    private LoopPlan Plan(FoldKind kind, Expr range, LoopEnd end)
    {
        List<Stage> stages = [];
        while (FoldShapes.OfList(range) is { } shape)
        {
            int mapped = shape.Mapped is null ? -1 : context.NewLocal();
            stages.Insert(0, new(shape.Variable, shape.Test, shape.Mapped, mapped, context.NewLocal()));
            range = shape.Range;
        }
        IEnumerable<Expr?> bodies = stages.SelectMany(x => new[] { x.Test, x.Mapped });
        ulong turn = PlanContext.TurnOf(bodies.Append((end as BodyEnd)?.Expr));
        return new(kind, range, [.. stages], end, context.NewLocal(), Index: -1, turn);
    }

    private BoolNode<T> Loop(LoopPlan plan)
    {
        context.NeedsBudget = true;
        if (depth < MaxLoops && TryPlace(plan.Range, out Slot<T>? slot) && slot is ListSlot<T> list)
            if (list.Loop(this, plan) is { } typed)
                return typed;
        ValueNode<T> range = Value(plan.Range);
        if (depth < MaxLoops && range is ObjectPath<T> path)
        {
            ObjectSlot<object?> element = new(plan.Name, Types.CelType.Dyn, x => x);
            if (ForElement(plan, element) is { } alone)
                return new ObjectElementLoop<T>(plan, path, alone);
            if (ForPair(plan, element) is { } both)
                return new ObjectPairLoop<T>(plan, path, both);
        }
        return new ValueLoop<T>(plan, range, plan.Body(this, new LocalSlot<T>(plan.Element)));
    }

    /// <summary>The body of a loop over the element alone; null if it needs more.</summary>
    public BoolNode<TElement>? ForElement<TElement>(LoopPlan plan, Slot<TElement> slot)
    {
        Attempt alone = new();
        PlanBuilder<TElement> inner = new(
            context,
            _ => null,
            x => locals(x) is LocalSlot<T> local ? new LocalSlot<TElement>(local.Local) : null,
            alone,
            depth + 1,
            level
        );
        BoolNode<TElement> body = plan.Body(inner, slot);
        return alone.HasFailed ? null : body;
    }

    /// <summary>The body of a loop over the element and the input around it; null if that is not possible.</summary>
    public BoolNode<Pair<T, TElement>>? ForPair<TElement>(LoopPlan plan, Slot<TElement> slot)
    {
        Attempt both = new();
        PlanBuilder<Pair<T, TElement>> inner = new(
            context,
            x => globals(x)?.Through<Pair<T, TElement>>(pair => pair.Outer, null),
            x => locals(x)?.Through<Pair<T, TElement>>(pair => pair.Outer, null),
            both,
            depth + 1,
            level
        );
        Slot<Pair<T, TElement>> element = slot.Through<Pair<T, TElement>>(pair => pair.Element, null);
        BoolNode<Pair<T, TElement>> body = plan.Body(inner, element);
        return both.HasFailed ? null : body;
    }
}
