using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>cel check EXPR</c>: the type of an expression and what it may cost; exit 1 if it is wrong.</summary>
internal sealed class CelCheckCommand()
    : CelExpressionCommand(
        "check",
        "Parse and type-check an expression: its type and worst-case cost, or what is wrong and where.",
        new Example("./throughline cel check \"size('abc') > 2\"", "Prints bool."),
        new Example("./throughline cel check \"count > 1\" --types types.json --json", "With declared variables.")
    )
{
    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ExpressionInput input = Input(context);
        CheckResult result = input.Check();
        if (!result.IsSuccess)
        {
            foreach (CelIssue issue in result.Issues)
                context.Output.Line(issue.ToString());
            context.Output.Result(new { ok = false, issues = result.Issues });
            return Task.FromResult(ExitCode.CheckFailed);
        }
        CostEstimate cost = CostEstimate.Of(result.Checked, input.Environment);
        string most = cost.Max == ulong.MaxValue ? "without bound" : $"at most {cost.Max}";
        context.Output.Line($"{result.Checked.Type} (cost: at least {cost.Min}, {most})");
        context.Output.Result(
            new
            {
                ok = true,
                type = result.Checked.Type.ToString(),
                cost,
            }
        );
        return Task.FromResult(ExitCode.Done);
    }
}
