using Throughline.Cel.Check;
using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Compile;

/// <summary>
/// Compiles checked expressions into typed nodes over an input type (specification, "Evaluation"): fields are read by their
/// accessors, constants folded, operands of <c>&amp;&amp;</c> and <c>||</c> put in the order of their costs. Takes microseconds; all
/// expressions compile, and give what the interpreter gives (of several errors it may be another one).
/// </summary>
public static class CelCompiler
{
    /// <summary>Compiles an expression that was checked in the environment that the schema extended.</summary>
    /// <exception cref="InsufficientExecutionStackException">The expression nests too deeply for this thread.</exception>
    public static CompiledRule<T> Compile<T>(CheckedExpr expression, InputSchema<T> schema, CelEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(environment);
        PlanContext context = new(expression, environment, schema.Root);
        PlanBuilder<T> builder = new(
            context,
            schema.Root.Fields.GetValueOrDefault,
            _ => null,
            schema.Activation,
            depth: 0
        );
        Expr root = expression.Parsed.Root;
        if (expression.Type.Kind != TypeKind.Bool)
        {
            ValueNode<T> value = builder.Value(root);
            return new(new BoolOfValue<T>(value), value, [.. context.Shared]);
        }
        BoolNode<T> node = builder.Bool(root);
        return new(node, new ValueOfBool<T>(node), [.. context.Shared]);
    }
}
