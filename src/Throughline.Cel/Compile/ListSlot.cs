using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>A list whose elements are read in place.</summary>
internal abstract class ListSlot<T>(string path, CelType type, Slot<T>? parent, Func<T, bool>? own)
    : Slot<T>(path, type, parent, own)
{
    /// <summary>A loop over the elements; null if its body cannot have them in place.</summary>
    public abstract BoolNode<T>? Loop(PlanBuilder<T> builder, LoopPlan plan);

    /// <summary><c>size(list)</c>.</summary>
    public abstract ScalarNode<T, long> Size();

    /// <summary><c>value in list</c>; null if elements would have to be made into values.</summary>
    public abstract BoolNode<T>? Contains(PlanBuilder<T> builder, Expr value);
}

/// <summary>A list of elements of one .NET type.</summary>
internal sealed class ListSlot<T, TElement>(
    string path,
    Slot<T>? parent,
    ElementsOf<T, TElement> read,
    Func<string, Slot<TElement>> element,
    Func<T, bool>? own
) : ListSlot<T>(path, CelType.List(element("").Type), parent, own)
{
    protected override Value Get(T input)
    {
        Slot<TElement> slot = element($"{Path}[]");
        ReadOnlySpan<TElement> elements = read(input);
        Value[] values = new Value[elements.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = slot.Read(elements[i]);
        return Value.Of(CelLists.Of(values));
    }

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent) =>
        new ListSlot<TOuter, TElement>(Path, newParent, x => read(project(x)), element, OwnThrough(project));

    public override BoolNode<T>? Loop(PlanBuilder<T> builder, LoopPlan plan)
    {
        Slot<TElement> slot = element(plan.Name);
        if (builder.ForElement(plan, slot) is { } alone)
            return ElementLoops.Create(plan, this, read, alone);
        return builder.ForPair(plan, slot) is { } both ? new PairLoop<T, TElement>(plan, this, read, both) : null;
    }

    public override ScalarNode<T, long> Size() => new ListSize<T, TElement>(this, read);

    public override BoolNode<T>? Contains(PlanBuilder<T> builder, Expr value)
    {
        TypeKind kind = element("").Type.Kind;
        return kind is TypeKind.String or TypeKind.Int && builder.TypeOf(value) == kind
            ? new ListContains<T, TElement>(this, read, builder.Scalar<TElement>(value))
            : null;
    }
}

/// <summary>An element of a loop with the input around it.</summary>
internal readonly struct Pair<T, TElement>(T outer, TElement element)
{
    public T Outer { get; } = outer;
    public TElement Element { get; } = element;
}
