using System.Runtime.CompilerServices;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>A planned expression.</summary>
/// <param name="id">The id of the expression.</param>
/// <param name="cost">What it costs besides its operands.</param>
internal abstract class Node(int id, ulong cost)
{
    public int Id { get; } = id;

    public Value Evaluate(Frame frame)
    {
        if (!frame.Spend(cost, Id))
            return frame.Stopped!.Value;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return frame.Stop(Frame.TooDeep, Id);
        Value value = Compute(frame);
        frame.Trace?[Id] = value;
        return value;
    }

    protected abstract Value Compute(Frame frame);

    protected Value Fail(string message) => Value.Of(new CelError(message, Id));

    /// <summary>A result as it is; an error that does not know its place yet happened here, and what is unknown without saying
    /// so was asked for here.</summary>
    protected Value Placed(Value result)
    {
        if (result.TryGet(out CelError? error) && error.ExprId == 0)
            return Value.Of(new CelError(error.Message, Id));
        return result.TryGet(out CelUnknown? unknown) && unknown.ExprIds.Count == 0
            ? Value.Of(new CelUnknown([Id]))
            : result;
    }
}

/// <summary>A literal, or a name whose value is known.</summary>
internal sealed class ConstantNode(int id, Value value) : Node(id, Costs.Constant)
{
    public Value Value { get; } = value;

    protected override Value Compute(Frame frame) => Value;
}

/// <summary>What can only fail, and does so when it is evaluated: an operator next to it may not need it.</summary>
internal sealed class FailingNode(int id, string message) : Node(id, Costs.Constant)
{
    protected override Value Compute(Frame frame) => Fail(message);
}

/// <summary>A variable of a loop.</summary>
internal sealed class LocalNode(int id, int slot) : Node(id, Costs.Variable)
{
    protected override Value Compute(Frame frame) => frame.Locals[slot];
}
