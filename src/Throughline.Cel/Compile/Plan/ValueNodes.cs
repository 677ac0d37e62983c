using System.Runtime.CompilerServices;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

internal sealed class ValueField<T>(Slot<T> slot) : ValueNode<T>(4)
{
    public override Value Eval(T input, EvaluationScratch scratch) => slot.Read(input);
}

/// <summary><c>operand.field</c> of a map or message.</summary>
internal sealed class ValueSelect<T>(ValueNode<T> operand, string field) : ValueNode<T>(operand.Cost + 20)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value value = operand.Eval(input, scratch);
        return value.IsFault ? value : Selection.Select(value, field);
    }
}

internal sealed class ValueHas<T>(ValueNode<T> operand, string field) : ValueNode<T>(operand.Cost + 20)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value value = operand.Eval(input, scratch);
        return value.IsFault ? value : Selection.Has(value, field);
    }
}

internal sealed class ValueIndex<T>(ValueNode<T> operand, ValueNode<T> index) : ValueNode<T>(operand.Cost + 20)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value value = operand.Eval(input, scratch);
        if (value.IsFault)
            return value;
        Value at = index.Eval(input, scratch);
        return at.IsFault ? at : Selection.Index(value, at);
    }
}

/// <summary>A call of a strict function of up to four arguments, by its overloads.</summary>
internal sealed class ValueCall<T>(string name, Overload[] overloads, ValueNode<T>[] arguments)
    : ValueNode<T>(arguments.Sum(x => x.Cost) + 50)
{
    public const int MaxArguments = 4;

    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Arguments buffer = default;
        Span<Value> values = ((Span<Value>)buffer)[..arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Eval(input, scratch);
            if (values[i].IsFault)
                return values[i];
        }
        foreach (Overload overload in overloads)
            if (overload.Accepts(values))
                return overload.Compute!(values);
        return Value.Error($"no such overload: {name}");
    }

    [InlineArray(MaxArguments)]
    private struct Arguments
    {
        private Value first;
    }
}

/// <summary>What is not compiled: the interpreter does it, over the input as variables.</summary>
internal sealed class InterpretedValue<T>(Node node, int locals, Func<T, IActivation> activation) : ValueNode<T>(1000)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Frame frame = new(activation(input), locals, ulong.MaxValue, trace: null);
        Value value = node.Evaluate(frame);
        return frame.Stopped ?? value;
    }
}
