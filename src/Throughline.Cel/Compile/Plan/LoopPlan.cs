using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// A loop to be compiled: the list or map that it goes over, the filters and maps that an element passes through (so that no
/// list is made between them), and what is asked of each in the end.
/// </summary>
/// <param name="Element">Where the element is kept, if it has to be a value.</param>
/// <param name="Index">Where the index or key is kept if there are two variables; -1 if there is one.</param>
/// <param name="Turn">Units that a turn costs.</param>
internal sealed record LoopPlan(
    FoldKind Kind,
    Expr Range,
    Stage[] Stages,
    LoopEnd End,
    int Element,
    int Index,
    ulong Turn
)
{
    /// <summary>Where the stages keep their faults: one makes the whole result a fault, the first stage's first.</summary>
    public int[] Faults { get; } = [.. Stages.Select(x => x.Fault)];

    /// <summary>The name of the element in the list itself.</summary>
    public string Name => Stages is [var first, ..] ? first.Variable : End.Name;

    /// <summary>What happens to each element.</summary>
    public BoolNode<T> Body<T>(PlanBuilder<T> builder, Slot<T> element) => From(0, builder, element);

    private BoolNode<T> From<T>(int at, PlanBuilder<T> builder, Slot<T> element)
    {
        if (at == Stages.Length)
            return End.Body(builder, element);
        Stage stage = Stages[at];
        PlanBuilder<T> inner = builder.With(stage.Variable, element);
        RuleOutcome skipped = Kind == FoldKind.All ? RuleOutcome.True : RuleOutcome.False;
        BoolNode<T> rest;
        if (stage.Mapped is null)
        {
            // An element that is a fault makes the list one.
            BoolNode<T> next = From(at + 1, builder, element);
            rest = builder.FaultIn(element) is { } faulty
                ? new Mapped<T>(faulty, null, next, skipped, stage.Fault)
                : next;
        }
        else
        {
            BoolNode<T> next = From(at + 1, builder, new LocalSlot<T>(stage.Local));
            rest = new Mapped<T>(inner.Value(stage.Mapped), stage.Local, next, skipped, stage.Fault);
        }
        return stage.Test is null ? rest : new Kept<T>(inner.Bool(stage.Test), rest, skipped, stage.Fault);
    }
}

/// <summary>A filter or map on the way.</summary>
/// <param name="Local">Where a mapped element is kept.</param>
/// <param name="Fault">Where its fault is kept.</param>
internal sealed record Stage(string Variable, Expr? Test, Expr? Mapped, int Local, int Fault);

/// <summary>What is asked of each element in the end.</summary>
internal abstract record LoopEnd
{
    public virtual string Name => "element";

    public abstract BoolNode<T> Body<T>(PlanBuilder<T> builder, Slot<T> element);
}

/// <summary>The body of a macro.</summary>
internal sealed record BodyEnd(string Variable, string? IndexVariable, int Index, Expr Expr) : LoopEnd
{
    public override string Name => Variable;

    public override BoolNode<T> Body<T>(PlanBuilder<T> builder, Slot<T> element)
    {
        PlanBuilder<T> inner = builder.With(Variable, element);
        if (IndexVariable is not null)
            inner = inner.With(IndexVariable, new LocalSlot<T>(Index));
        return inner.Bool(Expr);
    }
}

/// <summary>Nothing: elements are counted.</summary>
internal sealed record CountEnd : LoopEnd
{
    public override BoolNode<T> Body<T>(PlanBuilder<T> builder, Slot<T> element) => new BoolConstant<T>(true);
}

/// <summary>Whether it is the value that is looked for.</summary>
/// <param name="Local">Where the value is kept, if it is no constant.</param>
internal sealed record EqualEnd(Value? Constant, int Local) : LoopEnd
{
    public override BoolNode<T> Body<T>(PlanBuilder<T> builder, Slot<T> element) =>
        new ElementIs<T>(
            builder.Read(element),
            Constant is { } value ? new ValueConstant<T>(value) : new LocalValue<T>(Local)
        );
}
