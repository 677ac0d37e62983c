using System.Runtime.CompilerServices;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A field or variable of any type.</summary>
/// <param name="exprId">What is unknown if the input leaves it open without saying so: the input does not know who asks.</param>
internal sealed class ValueField<T>(Slot<T> slot, int exprId) : ValueNode<T>(4)
{
    public override Value Eval(T input, EvaluationScratch scratch)
    {
        Value value = slot.Read(input);
        return value.TryGet(out CelUnknown? found) && found.ExprIds.Count == 0
            ? Value.Of(new CelUnknown([exprId]))
            : value;
    }
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

/// <summary>A call of a strict function, by its overloads.</summary>
internal sealed class ValueCall<T>(string name, Overload[] overloads, ValueNode<T>[] arguments)
    : ValueNode<T>(arguments.Sum(x => x.Cost) + 50)
{
    private const int Few = 4;
    private const int Many = 16;

    public override Value Eval(T input, EvaluationScratch scratch)
    {
        if (arguments.Length > Few)
            return EvalMany(input, scratch);
        FewArguments buffer = default;
        return Eval(input, scratch, ((Span<Value>)buffer)[..arguments.Length]);
    }

    // Apart, so that the others do not clear so much stack.
    private Value EvalMany(T input, EvaluationScratch scratch)
    {
        if (arguments.Length > Many)
            return Eval(input, scratch, new Value[arguments.Length]);
        ManyArguments buffer = default;
        return Eval(input, scratch, ((Span<Value>)buffer)[..arguments.Length]);
    }

    private Value Eval(T input, EvaluationScratch scratch, Span<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Eval(input, scratch);
            if (values[i].IsFault)
                return values[i];
        }
        foreach (Overload overload in overloads)
            if (overload.Accepts(values))
                return overload.Cost is null || Pay(overload.Cost, values, scratch)
                    ? overload.Compute!(values)
                    : scratch.Failure;
        return Value.Error($"no such overload: {name}");
    }

    private static bool Pay(CostFunction cost, ReadOnlySpan<Value> values, EvaluationScratch scratch)
    {
        Span<ulong> sizes = stackalloc ulong[values.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = Costs.SizeOf(values[i]);
        return scratch.Spend(cost(sizes));
    }

    [InlineArray(Few)]
    private struct FewArguments
    {
        private Value first;
    }

    [InlineArray(Many)]
    private struct ManyArguments
    {
        private Value first;
    }
}

/// <summary>An expression that is not compiled: the interpreter does it, over the input as variables.</summary>
internal sealed class InterpretedValue<T>(Node node, int locals, Func<T, IActivation> activation) : ValueNode<T>(1000)
{
    public override Value Eval(T input, EvaluationScratch scratch) =>
        scratch.Interpret(node, locals, activation(input));
}
