using Throughline.Cel.Check;
using Throughline.Cel.Explain;
using Throughline.Cel.Interpret;
using Throughline.Cel.Values;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>cel explain EXPR</c>: why an expression has its value; a failed evaluation is explained as well.</summary>
internal sealed class CelExplainCommand()
    : CelExpressionCommand(
        "explain",
        "Explain the value of an expression: one sentence, and every subexpression with its value.",
        new Example(
            "./throughline cel explain \"ip.startsWith('10.') || size(ua) == 0\" --vars request.json",
            "What decided, and what was not even evaluated."
        ),
        new Example(
            "./throughline cel explain \"count > 120\" --vars vars.json --json",
            "value, sentence, cost and tree."
        )
    )
{
    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ExpressionInput input = Input(context);
        CheckedExpr expression = Checked(input, context);
        CelProgram program = CelProgram.Create(expression, input.Environment);
        Explanation explanation = Explanation.Of(program, input.Activation());
        context.Output.Line($"{explanation.Value}, because {explanation.Sentence}");
        foreach (string line in Lines(explanation.Root, depth: 1))
            context.Output.Line(line);
        context.Output.Result(
            new
            {
                value = explanation.Value.IsFault ? null : PlainJson.Write(explanation.Value),
                type = explanation.Value.IsFault ? null : explanation.Value.Type.ToString(),
                text = explanation.Value.ToString(),
                error = explanation.Value.TryGet(out CelError? error) ? error.Message : null,
                sentence = explanation.Sentence,
                cost = explanation.Cost,
                tree = Tree(explanation.Root),
            }
        );
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(ExplainedNode node, int depth)
    {
        string outcome =
            node.IsSkipped ? ": not evaluated"
            : node.Value is { } value ? $": {value}"
            : "";
        yield return $"{new string(' ', depth * 2)}{node.Text}{outcome}";
        foreach (ExplainedNode child in node.Children)
        foreach (string line in Lines(child, depth + 1))
            yield return line;
    }

    private static object Tree(ExplainedNode node) =>
        new
        {
            expression = node.Text,
            value = node.Value is { IsFault: false } value ? PlainJson.Write(value) : null,
            text = node.Value?.ToString(),
            skipped = node.IsSkipped ? true : (bool?)null,
            children = node.Children.Count == 0 ? null : node.Children.Select(Tree).ToArray(),
        };
}
