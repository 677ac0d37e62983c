using System.Runtime.CompilerServices;
using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>
/// What evaluations need besides their input: a budget, the values of variables, the latest fault. Made once for each thread
/// and used for all rules, so that evaluations allocate nothing. Not for two evaluations at a time.
/// </summary>
/// <param name="costLimit">Units that one evaluation may cost at most (<see cref="Costs"/>); beyond, it ends with an error.
/// Counted is what grows with the input: turns of loops, and functions of long texts and lists.</param>
public sealed class EvaluationScratch(ulong costLimit = CelProgram.DefaultCostLimit)
{
    // Functions of shorter texts are not worth counting: all of them together cost no more than the expression is long.
    private const int FreeLength = 128;

    internal Value Failure;

    private Value[] locals = [];
    private ulong limit = ulong.MaxValue;
    private ulong spent;
    private Value stop;

    /// <summary>Values of subexpressions that rules of a set share; null outside a set, or if there are none.</summary>
    internal Memo? Memo { get; init; }

    /// <summary>The latest address read from a text: rules read the same text again and again.</summary>
    internal ParsedAddress Address { get; } = new();

    /// <summary>What the evaluation cost so far.</summary>
    internal ulong Spent => spent;

    /// <summary>Units that one evaluation may cost at most.</summary>
    public ulong CostLimit { get; } = costLimit;

    /// <summary>Why the latest evaluation ended in error or unknown; meaningless after others.</summary>
    public Value Fault => Failure;

    /// <summary>The evaluation has to end, whatever operators would absorb: <see cref="Failure"/> says why.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>One evaluation, with its budget.</summary>
    internal RuleOutcome Run<T>(BoolNode<T> root, T input)
    {
        Begin();
        try
        {
            RuleOutcome outcome = root.Eval(input, this);
            return IsStopped ? Fail(stop) : outcome;
        }
        catch (InsufficientExecutionStackException)
        {
            // Comparing or printing what the host has nested too deeply.
            return Fail(Value.Error(CelProgram.ValueTooDeep));
        }
    }

    internal Value Run<T>(ValueNode<T> root, T input)
    {
        Begin();
        try
        {
            Value value = root.Eval(input, this);
            return IsStopped ? stop : value;
        }
        catch (InsufficientExecutionStackException)
        {
            return Value.Error(CelProgram.ValueTooDeep);
        }
    }

    private void Begin()
    {
        spent = 0;
        limit = CostLimit;
        IsStopped = false;
    }

    /// <summary>Pays for work; false if the budget does not allow it: then the fault says so, and the evaluation ends.</summary>
    internal bool Spend(ulong units)
    {
        if (units > limit - spent)
            return OutOfBudget();
        spent += units;
        return true;
    }

    /// <summary>Pays for work on a text, or on two of which this is the length of the shorter.</summary>
    internal bool SpendOn(int length) => length <= FreeLength || Spend(Costs.Traverse((ulong)length));

    /// <summary>Pays for the search of a text in another.</summary>
    internal bool SpendOnSearch(int length, int needle) =>
        length <= FreeLength || Spend(Costs.Multiply(Costs.Traverse((ulong)length), Costs.Traverse((ulong)needle)));

    /// <summary>Pays for the comparison of two values.</summary>
    internal bool SpendOnBoth(Value a, Value b)
    {
        if (a.IsScalar || b.IsScalar)
            return true;
        if (a.TryGet(out string? x))
            return !b.TryGet(out string? y) || SpendOn(Math.Min(x.Length, y.Length));
        return Spend(Costs.Smaller([Costs.SizeOf(a), Costs.SizeOf(b)]));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool OutOfBudget()
    {
        if (!IsStopped)
            Stop(Value.Error(Frame.LimitExceeded(limit)));
        // Whatever else is tried fails at once.
        spent = limit;
        Failure = stop;
        return false;
    }

    /// <summary>Ends the evaluation with an error.</summary>
    internal void Stop(Value error)
    {
        stop = error;
        IsStopped = true;
        spent = limit;
        Failure = error;
    }

    /// <summary>A part of the evaluation that the interpreter does, on the same budget.</summary>
    internal Value Interpret(Node node, int slots, IActivation input)
    {
        Frame frame = new(input, slots, limit, trace: null) { Spent = spent };
        Value value = node.Evaluate(frame);
        spent = frame.Spent;
        if (frame.Stopped is not { } reason)
            return value;
        Stop(reason);
        return reason;
    }

    /// <summary>The value of a variable of a loop or binding.</summary>
    internal Value Local(int local) => locals[local];

    internal void Set(int local, Value value)
    {
        if ((uint)local >= (uint)locals.Length)
            Array.Resize(ref locals, Math.Max(local + 1, 8));
        locals[local] = value;
    }

    internal RuleOutcome Fail(Value fault)
    {
        Failure = fault;
        return fault.IsUnknown ? RuleOutcome.Unknown : RuleOutcome.Error;
    }

    /// <summary>A fault as it is; of another value, that it is no bool.</summary>
    internal RuleOutcome FailUnlessBool(Value value)
    {
        if (value.IsBool)
            return value.Bool ? RuleOutcome.True : RuleOutcome.False;
        return Fail(value.IsFault ? value : Value.Error($"no such overload: {value.Type} where a bool is needed"));
    }
}
