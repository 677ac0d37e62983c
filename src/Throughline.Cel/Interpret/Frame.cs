using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>The state of one evaluation.</summary>
internal sealed class Frame(IActivation input, int locals, ulong costLimit, Dictionary<int, Value>? trace)
{
    public IActivation Input { get; } = input;

    /// <summary>The variables of loops, each in the slot that the planner gave it.</summary>
    public Value[] Locals { get; } = locals == 0 ? [] : new Value[locals];

    /// <summary>Units spent so far; it begins with those of the evaluation that this one is part of.</summary>
    public ulong Spent { get; set; }

    /// <summary>Why the evaluation has to end, if it has.</summary>
    public Value? Stopped { get; private set; }

    /// <summary>Values by expression, if they are asked for.</summary>
    public Dictionary<int, Value>? Trace { get; } = trace;

    /// <summary>Pays for work; false if the budget does not allow it, and from then on.</summary>
    public bool Spend(ulong cost, int exprId)
    {
        if (Stopped is not null)
            return false;
        if (cost <= costLimit - Spent)
        {
            Spent += cost;
            return true;
        }
        Stopped = Value.Of(new CelError(LimitExceeded(costLimit), exprId));
        return false;
    }

    /// <summary>What is said of an evaluation that costs too much.</summary>
    public static string LimitExceeded(ulong limit) =>
        $"cost limit exceeded: the evaluation needs more than {limit} units";

    /// <summary>What is said of an expression that needs more stack than its thread has left.</summary>
    public const string TooDeep = "the expression is nested too deeply";

    public Value Stop(string reason, int exprId)
    {
        Stopped ??= Value.Of(new CelError(reason, exprId));
        return Stopped.Value;
    }
}
