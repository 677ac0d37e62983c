using Throughline.Cel.Check;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>
/// An expression ready to be evaluated by a plain walk over its tree (specification, "Evaluation"). Immutable: one program may
/// run on many threads. Evaluation throws nothing: errors and unknowns are values.
/// </summary>
public sealed class CelProgram
{
    /// <summary>Units that an evaluation may cost if nothing else is said: about 50 ms, and no value of more than 10 million
    /// elements or characters.</summary>
    public const ulong DefaultCostLimit = 1_000_000;

    internal const string ValueTooDeep = "a value is nested too deeply";

    private readonly Node root;
    private readonly int locals;

    private CelProgram(ParsedExpr parsed, Node root, int locals)
    {
        Parsed = parsed;
        this.root = root;
        this.locals = locals;
    }

    /// <summary>The expression.</summary>
    public ParsedExpr Parsed { get; }

    /// <summary>A program of an expression whose names and overloads the checker has resolved.</summary>
    public static CelProgram Create(CheckedExpr expression, CelEnvironment environment) =>
        Create(expression.Parsed, new Planner(environment, expression));

    /// <summary>
    /// A program of an expression that was not checked: names are looked for in the input when it runs, the longest qualified
    /// name first, and overloads are found by the types of the values.
    /// </summary>
    public static CelProgram Create(ParsedExpr expression, CelEnvironment environment) =>
        Create(expression, new Planner(environment, null));

    private static CelProgram Create(ParsedExpr parsed, Planner planner)
    {
        Node root = planner.Plan(parsed.Root);
        return new(parsed, root, planner.LocalSlots);
    }

    /// <summary>The value, an error (<see cref="CelError"/>) or unknown (<see cref="CelUnknown"/>).</summary>
    /// <param name="input">The variables.</param>
    /// <param name="costLimit">Units that it may cost at most (<see cref="Library.Costs"/>); beyond, it ends with an error.</param>
    public Value Evaluate(IActivation input, ulong costLimit = DefaultCostLimit) =>
        Run(new Frame(input, locals, costLimit, trace: null));

    /// <summary>The value with what it cost and what every subexpression was worth.</summary>
    public Evaluation Trace(IActivation input, ulong costLimit = DefaultCostLimit)
    {
        Dictionary<int, Value> values = [];
        Frame frame = new(input, locals, costLimit, values);
        Value value = Run(frame);
        return new(value, frame.Spent, values);
    }

    private Value Run(Frame frame)
    {
        try
        {
            Value value = root.Evaluate(frame);
            // Operators absorb errors, but not this one.
            return frame.Stopped ?? value;
        }
        catch (InsufficientExecutionStackException)
        {
            // Comparing or printing what the host has nested too deeply.
            return Value.Error(ValueTooDeep);
        }
    }
}

/// <summary>What one evaluation came to.</summary>
/// <param name="Value">The result.</param>
/// <param name="Cost">Units spent.</param>
/// <param name="Values">The values of the subexpressions that were evaluated, by their ids; of those in a loop, from its last
/// turn.</param>
public sealed record Evaluation(Value Value, ulong Cost, IReadOnlyDictionary<int, Value> Values);
