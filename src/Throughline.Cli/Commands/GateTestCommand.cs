using System.CommandLine;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Commands;

/// <summary><c>gate test FILE...</c>: runs the test cases of rule files; exit 1 if one fails, 3 if a file is wrong.</summary>
internal sealed class GateTestCommand : CliCommand
{
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "YAML files with rules and cases; default is the pack that comes with the product.",
        Arity = ArgumentArity.OneOrMore,
    };

    public GateTestCommand()
        : base(
            "test",
            "Run the test cases of rule files: what fails, where, and why each rule came out as it did.",
            new Example("./throughline gate test rules.yaml", "Prints the cases that fail; exit code 1 if any does."),
            new Example("./throughline gate test rules/shop.yaml rules/api.yaml --json", "For a build server.")
        ) => Add(files);

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        List<GateCaseResult> results = [];
        List<YamlIssue> wrong = [];
        foreach (string file in context.Get(files)!)
        {
            GateYamlSet set = GateYamlLoader.Load(file);
            GateModel? model = set.Compile(version: 0, out IReadOnlyList<YamlIssue> issues);
            wrong.AddRange(issues);
            if (model is null)
                continue;
            GateCaseRunner runner = new(model);
            results.AddRange(set.Cases.Select(x => runner.Run(file, x, cancellation)));
            if (set.Cases.Count == 0)
                context.Output.Note($"{file} has no cases");
        }
        foreach (YamlIssue issue in wrong)
            context.Output.Line(issue.ToString());
        foreach (GateCaseResult result in results.Where(x => !x.Passed))
        {
            context.Output.Line($"FAILED {result.Name}");
            foreach (YamlIssue failure in result.Failures)
                context.Output.Line($"  {failure}");
        }
        int failed = results.Count(x => !x.Passed);
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"{results.Count - failed} passed, {failed} failed")
        );
        context.Output.Result(
            new
            {
                passed = results.Count - failed,
                failed,
                failures = results
                    .Where(x => !x.Passed)
                    .Select(x => new { x.Name, failures = x.Failures.Select(Shown) }),
                issues = wrong.Select(Shown),
            }
        );
        return Task.FromResult(
            wrong.Count > 0 ? ExitCode.BadInput
            : failed > 0 ? ExitCode.CheckFailed
            : ExitCode.Done
        );
    }

    private static object Shown(YamlIssue issue) =>
        new
        {
            issue.File,
            issue.Place.Line,
            issue.Place.Column,
            issue.Message,
        };
}
