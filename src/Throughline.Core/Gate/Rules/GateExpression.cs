using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Explain;
using Throughline.Cel.Interpret;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>A checked and compiled expression of a version. Immutable.</summary>
/// <param name="Text">As the printer writes it: what is laid out in another way has the same text.</param>
/// <param name="Reads">The names that it reads, in ordinal order.</param>
internal sealed record GateExpression(
    string Text,
    CheckedExpr Checked,
    CompiledRule<GateInputs> Compiled,
    IReadOnlyList<string> Reads,
    CostEstimate Cost,
    ExpressionScope Scope
)
{
    /// <summary>Why it has its value for these inputs.</summary>
    public Explanation Explain(GateInputs inputs) =>
        Explanation.Of(CelProgram.Create(Checked, Scope.Environment), Scope.Schema.Activation(inputs));

    /// <summary>Whether an evaluation failed for want of a feature that the source of the request lacks.</summary>
    public static bool IsMissing(Value fault) =>
        fault.IsUnknown
        || (
            fault.TryGet(out CelError? error)
            && error.Message.StartsWith("no such field: ", StringComparison.Ordinal)
            && error.Message.EndsWith(" is not set", StringComparison.Ordinal)
        );
}

/// <summary>The names that expressions are written against.</summary>
/// <param name="counters">Names of counters and of lists, for messages.</param>
internal sealed class ExpressionScope(
    InputSchema<GateInputs> schema,
    IReadOnlyCollection<string>? counters = null,
    IReadOnlyCollection<string>? lists = null
)
{
    public IReadOnlyCollection<string> Counters { get; } = counters ?? [];
    public IReadOnlyCollection<string> Lists { get; } = lists ?? [];
    public InputSchema<GateInputs> Schema { get; } = schema;
    public CelEnvironment Environment { get; } = schema.Extend(GateSchema.Base);
}
