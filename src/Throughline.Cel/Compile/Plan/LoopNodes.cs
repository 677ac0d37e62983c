using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Loops that give a bool.</summary>
internal enum FoldKind
{
    Exists,
    All,
    ExistsOne,
}

/// <summary>A loop of one variable that gives a bool.</summary>
internal sealed record FoldShape(FoldKind Kind, string Variable, Parse.Expr Range, Parse.Expr Body);

/// <summary>
/// What has been found so far (specification, "Macros"): <c>exists</c> and <c>all</c> absorb faults if an element decides,
/// <c>exists_one</c> does not.
/// </summary>
internal ref struct FoldState(FoldKind kind)
{
    private int found;
    private bool isFault;
    private Value fault;

    /// <summary>Takes an element in; true if it decides.</summary>
    public bool Add(RuleOutcome outcome, EvaluationScratch scratch)
    {
        if (outcome == RuleOutcome.True)
            found++;
        if (outcome > RuleOutcome.True)
        {
            fault =
                isFault && kind != FoldKind.ExistsOne
                    ? Interpret.LogicNode.Combine(fault, scratch.Failure, kind == FoldKind.Exists)
                    : scratch.Failure;
            isFault = true;
        }
        return (kind == FoldKind.Exists && outcome == RuleOutcome.True)
            || (kind == FoldKind.All && outcome == RuleOutcome.False);
    }

    /// <summary>The result if no element decided.</summary>
    public readonly RuleOutcome End(EvaluationScratch scratch)
    {
        if (isFault)
            return scratch.Fail(fault);
        return kind == FoldKind.All || (kind == FoldKind.ExistsOne && found == 1)
            ? RuleOutcome.True
            : RuleOutcome.False;
    }

    /// <summary>The result if an element decided.</summary>
    public static RuleOutcome Decided(FoldKind kind) => kind == FoldKind.Exists ? RuleOutcome.True : RuleOutcome.False;
}

/// <summary>Loops over typed elements whose bodies need the element only.</summary>
internal static class ElementLoops
{
    public static BoolNode<T> Create<T, TElement>(
        FoldKind kind,
        Slot<T> list,
        ElementsOf<T, TElement> elements,
        BoolNode<TElement> body
    )
    {
        if (
            kind == FoldKind.Exists
            && body is AndOfTwo<TElement> { First: StringFieldIs<TElement> { Negate: false } key } and
        )
            return new KeyedExists<T, TElement>(list, elements, key, and.Second);
        if (kind == FoldKind.Exists && body is StringFieldIs<TElement> { Negate: false } only)
            return new KeyedExists<T, TElement>(list, elements, only, new BoolConstant<TElement>(true));
        return new ElementLoop<T, TElement>(kind, list, elements, body);
    }
}

/// <summary><c>list.exists(x, x.key == 'constant' &amp;&amp; ...)</c>: keys are compared first, in place.</summary>
internal sealed class KeyedExists<T, TElement>(
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    StringFieldIs<TElement> key,
    BoolNode<TElement> rest
) : BoolNode<T>(40)
{
    private readonly Func<TElement, string?> field = key.Slot.Field;
    private readonly string constant = key.Constant;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (list.Present is { } present && !present(input))
            return scratch.Fail(list.Missing);
        FoldState state = new(FoldKind.Exists);
        bool hasFault = false;
        foreach (TElement element in elements(input))
        {
            string? value = field(element);
            if (value is not null && (value.Length != constant.Length || !string.Equals(value, constant)))
                continue;
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
    FoldKind kind,
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    BoolNode<TElement> body
) : BoolNode<T>(10 * body.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (list.Present is { } present && !present(input))
            return scratch.Fail(list.Missing);
        FoldState state = new(kind);
        foreach (TElement element in elements(input))
            if (state.Add(body.Eval(element, scratch), scratch))
                return FoldState.Decided(kind);
        return state.End(scratch);
    }
}

/// <summary>A loop whose body needs the input too.</summary>
internal sealed class PairLoop<T, TElement>(
    FoldKind kind,
    Slot<T> list,
    ElementsOf<T, TElement> elements,
    BoolNode<Pair<T, TElement>> body
) : BoolNode<T>(10 * body.Cost)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (list.Present is { } present && !present(input))
            return scratch.Fail(list.Missing);
        FoldState state = new(kind);
        foreach (TElement element in elements(input))
            if (state.Add(body.Eval(new(input, element), scratch), scratch))
                return FoldState.Decided(kind);
        return state.End(scratch);
    }
}
