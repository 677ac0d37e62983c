using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// What has been found so far (specification, "Macros"): <c>exists</c> and <c>all</c> absorb faults if an element decides,
/// <c>exists_one</c> and counting do not.
/// </summary>
/// <param name="toTheEnd">An element that decides does not end the loop: a fault of a later one may undo it.</param>
internal ref struct FoldState(FoldKind kind, bool toTheEnd)
{
    private bool isDecided;
    private bool isFault;
    private Value fault;

    public long Found { get; private set; }

    /// <summary>Takes an element in; true if the loop ends.</summary>
    public bool Add(RuleOutcome outcome, EvaluationScratch scratch)
    {
        if (outcome == RuleOutcome.True)
            Found++;
        if (outcome > RuleOutcome.True)
        {
            fault =
                isFault && kind < FoldKind.ExistsOne
                    ? Interpret.LogicNode.Combine(fault, scratch.Failure, kind == FoldKind.Exists)
                    : scratch.Failure;
            isFault = true;
        }
        if (
            (kind == FoldKind.Exists && outcome == RuleOutcome.True)
            || (kind == FoldKind.All && outcome == RuleOutcome.False)
        )
            isDecided = true;
        return isDecided && !toTheEnd;
    }

    /// <summary>There are no elements to go over.</summary>
    public void Fail(Value why)
    {
        isDecided = false;
        isFault = true;
        fault = why;
    }

    public readonly RuleOutcome End(EvaluationScratch scratch)
    {
        if (isDecided)
            return kind == FoldKind.Exists ? RuleOutcome.True : RuleOutcome.False;
        if (isFault)
            return scratch.Fail(fault);
        return kind == FoldKind.All || (kind == FoldKind.ExistsOne && Found == 1)
            ? RuleOutcome.True
            : RuleOutcome.False;
    }

    public readonly bool IsFault => isFault;

    public readonly Value Fault => fault;
}

/// <summary>A loop.</summary>
internal abstract class LoopNode<T>(LoopPlan plan, float cost) : BoolNode<T>(cost)
{
    private readonly FoldKind kind = plan.Kind;
    private readonly int[] faults = plan.Faults;

    /// <summary>Units that a turn costs.</summary>
    protected readonly ulong Turn = plan.Turn;

    public sealed override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        FoldState state = Fold(input, scratch);
        return scratch.IsStopped ? scratch.Fail(scratch.Failure) : state.End(scratch);
    }

    /// <summary>How many elements passed; false if there is a fault.</summary>
    public bool TryCount(T input, EvaluationScratch scratch, out long count)
    {
        FoldState state = Fold(input, scratch);
        count = state.Found;
        if (state.IsFault)
            scratch.Fail(state.Fault);
        return !state.IsFault && !scratch.IsStopped;
    }

    /// <summary>Goes over the elements until the state says that it is enough.</summary>
    protected abstract void Run(T input, EvaluationScratch scratch, ref FoldState state);

    private FoldState Fold(T input, EvaluationScratch scratch)
    {
        FoldState state = new(kind, faults.Length > 0);
        foreach (int fault in faults)
            scratch.Set(fault, default);
        Run(input, scratch, ref state);
        foreach (int fault in faults)
            if (scratch.Local(fault) is { IsFault: true } why)
            {
                state.Fail(why);
                break;
            }
        return state;
    }
}

/// <summary>Loops over typed elements whose bodies need the element only.</summary>
internal static class ElementLoops
{
    public static BoolNode<T> Create<T, TElement>(
        LoopPlan plan,
        Slot<T> list,
        ElementsOf<T, TElement> elements,
        BoolNode<TElement> body
    )
    {
        if (plan is not { Kind: FoldKind.Exists, Stages: [], Index: < 0 })
            return new ElementLoop<T, TElement>(plan, list, elements, body);
        return body switch
        {
            AndOfTwo<TElement> { First: StringFieldIs<TElement> { Negate: false } key } and => new KeyedExists<
                T,
                TElement
            >(plan, list, elements, key, and.Second),
            StringFieldIs<TElement> { Negate: false } only => new KeyedExists<T, TElement>(
                plan,
                list,
                elements,
                only,
                new BoolConstant<TElement>(true)
            ),
            _ => new ElementLoop<T, TElement>(plan, list, elements, body),
        };
    }
}

/// <summary><c>list.exists(x, x.key == 'constant' &amp;&amp; ...)</c>: keys are compared first, in place.</summary>
internal sealed class KeyedExists<T, TElement>(
    LoopPlan plan,
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    StringFieldIs<TElement> key,
    BoolNode<TElement> rest
) : BoolNode<T>(40)
{
    // Keys that are compared at the price of one unit.
    private const ulong KeysForOne = 16;

    private readonly Func<TElement, string?> field = key.Slot.Field;
    private readonly string constant = key.Constant;
    private readonly ulong turn = plan.Turn;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (list.Present is { } present && !present(input))
            return scratch.Fail(list.Missing);
        ReadOnlySpan<TElement> all = elements(input);
        if (!scratch.Spend(1 + ((ulong)all.Length / KeysForOne)))
            return RuleOutcome.Error;
        FoldState state = new(FoldKind.Exists, toTheEnd: false);
        bool hasFault = false;
        foreach (TElement element in all)
        {
            string? value = field(element);
            if (value is not null && (value.Length != constant.Length || !string.Equals(value, constant)))
                continue;
            if (!scratch.Spend(turn))
                return RuleOutcome.Error;
            // A key that is missing is a fault, unless the rest is false.
            RuleOutcome outcome = rest.Eval(element, scratch);
            if (value is null && outcome != RuleOutcome.False)
                outcome = outcome == RuleOutcome.Unknown ? outcome : scratch.Fail(key.Slot.Missing);
            if (state.Add(outcome, scratch))
                return RuleOutcome.True;
            hasFault |= outcome > RuleOutcome.True;
        }
        return hasFault ? state.End(scratch) : RuleOutcome.False;
    }
}

internal sealed class ElementLoop<T, TElement>(
    LoopPlan plan,
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    BoolNode<TElement> body
) : LoopNode<T>(plan, 10 * body.Cost)
{
    private readonly int index = plan.Index;

    protected override void Run(T input, EvaluationScratch scratch, ref FoldState state)
    {
        if (list.Present is { } present && !present(input))
        {
            state.Fail(list.Missing);
            return;
        }
        ReadOnlySpan<TElement> all = elements(input);
        for (int i = 0; i < all.Length; i++)
        {
            if (index >= 0)
                scratch.Set(index, Value.Of((long)i));
            if (!scratch.Spend(Turn) || state.Add(body.Eval(all[i], scratch), scratch))
                return;
        }
    }
}

/// <summary>A loop whose body needs the input too.</summary>
internal sealed class PairLoop<T, TElement>(
    LoopPlan plan,
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    BoolNode<Pair<T, TElement>> body
) : LoopNode<T>(plan, 10 * body.Cost)
{
    private readonly int index = plan.Index;

    protected override void Run(T input, EvaluationScratch scratch, ref FoldState state)
    {
        if (list.Present is { } present && !present(input))
        {
            state.Fail(list.Missing);
            return;
        }
        ReadOnlySpan<TElement> all = elements(input);
        for (int i = 0; i < all.Length; i++)
        {
            if (index >= 0)
                scratch.Set(index, Value.Of((long)i));
            if (!scratch.Spend(Turn) || state.Add(body.Eval(new(input, all[i]), scratch), scratch))
                return;
        }
    }
}
