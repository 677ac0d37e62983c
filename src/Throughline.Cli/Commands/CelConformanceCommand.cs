using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Cel;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>cel conformance DIR</c>: runs the conformance suite; exit 1 if a case fails.</summary>
internal sealed class CelConformanceCommand : CliCommand
{
    private const int MostShown = 20;

    private readonly Argument<string> folder = new("DIR")
    {
        Description = "A folder with index.json, messages.json and tests/: the official suite as JSON.",
    };

    private readonly Option<string> engine = new("--engine")
    {
        Description = "What evaluates the cases: by both, a case passes if it passes by each.",
        DefaultValueFactory = _ => "both",
    };

    public CelConformanceCommand()
        : base(
            "conformance",
            "Run the conformance suite of the Common Expression Language.",
            new Example("./throughline cel conformance ../shared/data/cel-conformance", "Every case, failures listed."),
            new Example("./throughline cel conformance suite --json", "passed, failed, bySection and failures.")
        )
    {
        engine.AcceptOnlyFromAmong("interpreter", "compiled", "both");
        Add(folder);
        Add(engine);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Suite suite = Suite.Read(context.Get(folder)!);
        CelEngine by = context.Get(engine) switch
        {
            "interpreter" => CelEngine.Interpreter,
            "compiled" => CelEngine.Compiled,
            _ => CelEngine.Both,
        };
        ConformanceReport report = await context.Output.ProgressAsync(
            "Running cases",
            suite.Cases.Count,
            progress => Task.Run(() => new ConformanceRun(suite, by).Run(progress, cancellation), cancellation)
        );
        foreach (ConformanceFailure failure in report.Failures.Take(MostShown))
        {
            context.Output.Line($"FAILED {failure.Name}: {failure.Expression}");
            context.Output.Line($"  expected {failure.Expected}");
            context.Output.Line($"  found    {failure.Actual}");
        }
        if (report.Failed > MostShown)
            context.Output.Line($"... and {report.Failed - MostShown} more");
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"{report.Passed:N0} passed, {report.Failed:N0} failed")
        );
        context.Output.Result(report);
        return report.Failed == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }
}
