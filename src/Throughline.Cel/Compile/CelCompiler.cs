using Throughline.Cel.Check;
using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Compile;

/// <summary>
/// Compiles checked expressions into typed nodes over an input type (specification, "Evaluation"): fields are read by their
/// accessors, constants folded, operands of <c>&amp;&amp;</c> and <c>||</c> put in the order of their costs. Takes microseconds; all
/// expressions compile, and give what the interpreter gives (of several errors it may be another one).
/// </summary>
/// <remarks>
/// <para>Evaluations whose result is a bool, a number or a part of the input allocate nothing, with these exceptions, which make
/// what they work on:</para>
/// <list type="bullet">
/// <item>literals of lists, maps and messages that are no constants, unless they stand after <c>in</c>;</item>
/// <item>texts that are put together, and what functions return;</item>
/// <item>lists of <c>filter</c> and <c>map</c>, unless <c>size</c>, <c>in</c>, <c>exists</c>, <c>all</c>, <c>exists_one</c> or
/// another <c>filter</c> or <c>map</c> goes over them; lists and maps of <c>transformList</c> and <c>transformMap</c>;</item>
/// <item>optionals that are neither tested nor unwrapped where they arise: those under a name (<c>optMap</c>), in lists, or given
/// to functions of a host;</item>
/// <item>lists of a typed input that are used as a whole (indexed, compared, given to a function), its structs as well, and
/// nested dictionaries that are compared or indexed;</item>
/// <item>loops over maps that are no dictionaries of the input, and all faults that say what failed.</item>
/// </list>
/// <para>The interpreter does, over the input as variables: expressions that were not checked, and those with variables that the
/// schema does not declare.</para>
/// </remarks>
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
        Attempt attempt = new();
        PlanBuilder<T> builder = new(
            context,
            schema.Root.Fields.GetValueOrDefault,
            _ => null,
            attempt,
            depth: 0,
            level: 0
        );
        Expr root = expression.Parsed.Root;
        CompiledRule<T> rule =
            expression.Type.Kind == TypeKind.Bool ? OfBool(builder.Bool(root)) : OfValue(builder.Value(root));
        return attempt.HasFailed ? Interpreted(root, schema, new Planner(environment, expression)) : rule;

        CompiledRule<T> OfBool(BoolNode<T> node) =>
            new(node, new ValueOfBool<T>(node), [.. context.Shared], !context.NeedsBudget);

        CompiledRule<T> OfValue(ValueNode<T> node) =>
            new(new BoolOfValue<T>(node), node, [.. context.Shared], !context.NeedsBudget);
    }

    /// <summary>
    /// An expression that was not checked: nothing is known of its types, so that the interpreter does it, on the same terms.
    /// </summary>
    /// <exception cref="InsufficientExecutionStackException">The expression nests too deeply for this thread.</exception>
    public static CompiledRule<T> Compile<T>(ParsedExpr expression, InputSchema<T> schema, CelEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(environment);
        return Interpreted(expression.Root, schema, new Planner(environment, null));
    }

    private static CompiledRule<T> Interpreted<T>(Expr root, InputSchema<T> schema, Planner planner)
    {
        Node node = planner.Plan(root);
        InterpretedValue<T> value = new(node, planner.LocalSlots, schema.Activation);
        return new(new BoolOfValue<T>(value), value, [], isConstantSize: false);
    }
}
