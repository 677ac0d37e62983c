using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Attribution.Conformance;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>attribution conformance SUITE DIR</c>: runs published cases of attribution; exit 1 if one fails.</summary>
internal sealed class AttributionConformanceCommand : CliCommand
{
    private const int MostShown = 20;

    private readonly Argument<string> suite = new("SUITE")
    {
        Description = "Which cases: w3c, ara, worked, fractribution, pathdata or ga4.",
    };

    private readonly Argument<string> folder = new("DIR")
    {
        Description = "Where the cases are; folders in it are searched too.",
    };

    public AttributionConformanceCommand()
        : base(
            "conformance",
            "Run published cases of attribution and compare the outcome with the published one.",
            new Example(
                "./throughline attribution conformance w3c ../shared/data/attribution/w3c-attribution",
                "Every case of W3C Attribution Level 1, failures listed."
            ),
            new Example(
                "./throughline attribution conformance worked ../shared/data/attribution --json",
                "Worked examples to the cent: passed, failed and failures."
            )
        )
    {
        suite.AcceptOnlyFromAmong([.. AttributionSuites.Names]);
        Add(suite);
        Add(folder);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        string path = context.Get(folder)!;
        if (!Directory.Exists(path))
            throw CommandException.BadInput("no_folder", $"There is no folder '{path}'.");
        ConformanceTally tally = AttributionSuites.Run(context.Get(suite)!, Path.GetFullPath(path));
        int failed = tally.Failures.Count;
        if (tally.Passed + failed == 0)
            throw CommandException.BadInput("no_cases", $"{path} has no cases of '{context.Get(suite)}'.");
        foreach (CaseFailure failure in tally.Failures.Take(MostShown))
        {
            context.Output.Line($"FAILED {failure.Name}{(failure.Case is null ? "" : $", {failure.Case}")}");
            context.Output.Line($"  expected {failure.Expected}");
            context.Output.Line($"  found    {failure.Actual}");
        }
        if (failed > MostShown)
            context.Output.Line($"... and {failed - MostShown} more");
        foreach (CaseFailure odd in tally.Contradictions)
            context.Output.Note(
                $"{odd.Name}, {odd.Case}: another case of the file says {odd.Actual}, this one {odd.Expected}; it counts as neither"
            );
        foreach ((string tag, TagCount count) in tally.ByTag)
            context.Output.Line(
                string.Create(CultureInfo.InvariantCulture, $"{tag}: {count.Passed} of {count.Passed + count.Failed}")
            );
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"{tally.Passed:N0} passed, {failed:N0} failed")
        );
        context.Output.Result(
            new
            {
                tally.Passed,
                Failed = failed,
                tally.ByTag,
                tally.Failures,
                tally.Contradictions,
            }
        );
        return Task.FromResult(failed == 0 ? ExitCode.Done : ExitCode.CheckFailed);
    }
}
