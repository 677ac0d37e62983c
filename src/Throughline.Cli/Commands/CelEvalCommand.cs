using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Values;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>cel eval EXPR</c>: the value of an expression; exit 1 if the evaluation fails.</summary>
internal sealed class CelEvalCommand()
    : CelExpressionCommand(
        "eval",
        "Evaluate an expression over variables from a JSON file.",
        new Example("./throughline cel eval \"[1, 2, 3].filter(x, x > 1)\"", "Prints [2, 3]."),
        new Example(
            "./throughline cel eval \"request.ip == '::1'\" --vars request.json --json",
            "value, type and text."
        )
    )
{
    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ExpressionInput input = Input(context);
        CheckedExpr expression = Checked(input, context);
        Value value = CelProgram.Create(expression, input.Environment).Evaluate(input.Activation());
        if (value.TryGet(out CelError? error))
        {
            context.Output.Error("evaluation_failed", error.Message, null);
            return Task.FromResult(ExitCode.CheckFailed);
        }
        string text = value.ToString();
        context.Output.Line(text);
        context.Output.Result(
            new
            {
                value = PlainJson.Write(value),
                type = value.Type.ToString(),
                text,
            }
        );
        return Task.FromResult(ExitCode.Done);
    }
}
