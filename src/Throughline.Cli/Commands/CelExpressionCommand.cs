using System.CommandLine;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary>What <c>cel check</c>, <c>cel eval</c> and <c>cel explain</c> have in common: an expression and its two files.</summary>
internal abstract class CelExpressionCommand : CliCommand
{
    private readonly Argument<string> expression = new("EXPR") { Description = "The expression." };

    private readonly Option<string?> vars = new("--vars")
    {
        Description = "A JSON file of variables: {\"name\": value}. Integral numbers are ints.",
        HelpName = "FILE",
    };

    private readonly Option<string?> types = new("--types")
    {
        Description =
            "A JSON file that declares types: [{\"name\": \"x\", \"type\": {\"kind\": \"int\"}}]. Other variables are dyn.",
        HelpName = "FILE",
    };

    private readonly Option<string> container = new("--container")
    {
        Description = "The namespace in which names are looked for first.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "",
    };

    protected CelExpressionCommand(string name, string description, params Example[] examples)
        : base(name, description, examples)
    {
        Add(expression);
        Add(vars);
        Add(types);
        Add(container);
    }

    protected ExpressionInput Input(CommandContext context) =>
        ExpressionInput.Read(
            context.Get(expression)!,
            context.Get(vars),
            context.Get(types),
            context.Get(container) ?? ""
        );

    /// <summary>The expression with its types; an expression that is wrong is bad input.</summary>
    protected static CheckedExpr Checked(ExpressionInput input, CommandContext context)
    {
        CheckResult result = input.Check();
        if (result.IsSuccess)
            return result.Checked;
        foreach (CelIssue issue in result.Issues)
            context.Output.Note(issue.ToString());
        CelIssue first = result.Issues[0];
        throw CommandException.BadInput("bad_expression", $"{first.Line}:{first.Column}: {first.Message}");
    }
}
