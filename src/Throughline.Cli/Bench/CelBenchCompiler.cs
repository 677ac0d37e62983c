using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Bench;

/// <summary>Compiles the rules of a file: over the typed request, over the plain map, and for the interpreter.</summary>
internal sealed class CelBenchCompiler
{
    private static readonly CelEnvironment Language = new()
    {
        Libraries = Libraries.All,
        Types = DescriptorProvider.WellKnownOnly,
    };

    private readonly InputSchema<CelBenchRequest> typed;
    private readonly CelEnvironment typedEnvironment;

    // The same request, without types.
    private readonly InputSchema<CelBenchRequest> loose = new InputSchema<CelBenchRequest>().Object(
        "request",
        x => x.Map["request"]
    );
    private readonly CelEnvironment looseEnvironment;
    private readonly InputSchema<Dictionary<string, object?>> map = new InputSchema<
        Dictionary<string, object?>
    >().Object("request", x => x["request"]);
    private readonly CelEnvironment mapEnvironment;

    public CelBenchCompiler(CelBenchFile file)
    {
        CelBenchSchema schema = CelBenchSchema.Of(
            file.Request,
            file.Rules.Select(x => x.Expr)
                .Concat(file.Set)
                .SelectMany(x => CelParser.Parse(x).Expr is { } parsed ? CelTrees.PathsOf(parsed, "request") : [])
        );
        typed = schema.Schema;
        typedEnvironment = typed.Extend(Language);
        looseEnvironment = loose.Extend(Language);
        mapEnvironment = map.Extend(Language);
        Request = CelBenchRequest.Of(file.Request, schema.RestPaths);
    }

    /// <summary>The file's request.</summary>
    public CelBenchRequest Request { get; }

    /// <summary>The expression as it is written; if it is none, bad input.</summary>
    /// <param name="name">How messages call the rule.</param>
    public static ParsedExpr Parse(string name, string text)
    {
        ParseResult parsed = CelParser.Parse(text);
        return parsed.IsSuccess ? parsed.Expr : throw Bad(name, parsed.Issues);
    }

    /// <summary>Whether the typed request has all that the rule asks for; if not, it is compiled over the map in it.</summary>
    public bool HasTypesFor(ParsedExpr parsed) => CelChecker.Check(parsed, typedEnvironment).IsSuccess;

    public CompiledRule<CelBenchRequest> Typed(string name, ParsedExpr parsed)
    {
        CheckResult check = CelChecker.Check(parsed, typedEnvironment);
        return check.IsSuccess
            ? CelCompiler.Compile(check.Checked, typed, typedEnvironment)
            : CelCompiler.Compile(Checked(name, parsed, looseEnvironment), loose, looseEnvironment);
    }

    /// <summary>The two steps of <see cref="Typed"/>, for what times them apart.</summary>
    public CheckedExpr? CheckTyped(ParsedExpr parsed) => CelChecker.Check(parsed, typedEnvironment).Checked;

    public CompiledRule<CelBenchRequest> CompileTyped(CheckedExpr check) =>
        CelCompiler.Compile(check, typed, typedEnvironment);

    public CompiledRule<Dictionary<string, object?>> OverMap(string name, ParsedExpr parsed) =>
        CelCompiler.Compile(Checked(name, parsed, mapEnvironment), map, mapEnvironment);

    public CelProgram Interpreted(string name, ParsedExpr parsed) =>
        CelProgram.Create(Checked(name, parsed, mapEnvironment), mapEnvironment);

    private static CheckedExpr Checked(string name, ParsedExpr parsed, CelEnvironment environment)
    {
        CheckResult check = CelChecker.Check(parsed, environment);
        return check.Checked ?? throw Bad(name, check.Issues);
    }

    private static CommandException Bad(string name, IReadOnlyList<CelIssue> issues) =>
        CommandException.BadInput(
            "bad_expression",
            $"rule '{name}': {issues[0].Line}:{issues[0].Column}: {issues[0].Message}"
        );
}
