using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Explain;

/// <summary>Why an expression has its value for one input.</summary>
/// <param name="Value">The result.</param>
/// <param name="Cost">Units that the evaluation cost (<see cref="Library.Costs"/>).</param>
/// <param name="Sentence">What decided, in one sentence without a full stop:
/// <c>counter.ip_1m (182) &gt; 120 and ua.headless (true)</c>.</param>
/// <param name="Root">The tree of subexpressions, macros as they were written.</param>
public sealed record Explanation(Value Value, ulong Cost, string Sentence, ExplainedNode Root)
{
    /// <summary>Evaluates the program once and explains the result.</summary>
    public static Explanation Of(CelProgram program, IActivation input, ulong costLimit = CelProgram.DefaultCostLimit)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(input);
        Evaluation evaluation = program.Trace(input, costLimit);
        ParsedExpr parsed = program.Parsed;
        return new(
            evaluation.Value,
            evaluation.Cost,
            new SentenceWriter(parsed, evaluation.Values).Write(evaluation.Value),
            new ExplanationTree(parsed, evaluation.Values).Build(parsed.Root)
        );
    }
}

/// <summary>A subexpression with what it came to.</summary>
/// <param name="Id">The id of the expression.</param>
/// <param name="Text">It, as text.</param>
/// <param name="Value">Its value; in a loop, of the last turn. Null if it has none of its own or was not evaluated.</param>
/// <param name="IsSkipped">It was not evaluated: another operand decided, or a loop had no turn.</param>
/// <param name="Children">Its parts; none if it was skipped.</param>
public sealed record ExplainedNode(
    int Id,
    string Text,
    Value? Value,
    bool IsSkipped,
    IReadOnlyList<ExplainedNode> Children
);
