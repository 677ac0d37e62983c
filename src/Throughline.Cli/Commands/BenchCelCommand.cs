using System.CommandLine;
using System.Globalization;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.Commands;

/// <summary><c>bench cel</c>: what evaluating rules of the rule language costs on this machine.</summary>
internal sealed class BenchCelCommand : CliCommand
{
    private readonly CelBenchEffort effort;

    private readonly Option<string> rules = new("--rules")
    {
        Description = "A JSON file: request, rules (name, expr, want), set (expressions), setMatches.",
        HelpName = "FILE",
        Required = true,
    };

    public BenchCelCommand(CelBenchEffort? effort = null)
        : base(
            "cel",
            "Time expressions of the rule language, alone and as sets, on one thread. Their results are checked first.",
            new Example(
                "./throughline bench cel --rules ../shared/data/cel-bench/rules.json",
                "A quarter of a minute."
            ),
            new Example("./throughline bench cel --rules rules.json --json", "rules, sets and patterns, for a script.")
        )
    {
        this.effort = effort ?? CelBenchEffort.Full;
        Add(rules);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        ICommandOutput output = context.Output;
        CelBench bench = CelBench.Create(CelBenchFile.Read(context.Get(rules)!), effort);
        foreach (string name in bench.WithoutTypes)
            output.Note(
                $"rule '{name}' needs the request as a map: its typed time is that of a map in the typed request"
            );
        CelBenchReport report = await output.ProgressAsync(
            "Steps",
            CelBench.Steps,
            progress => Task.Run(() => bench.Run(progress, cancellation), cancellation)
        );
        Print(output, report);
        output.Result(report);
        return ExitCode.Done;
    }

    private static void Print(ICommandOutput output, CelBenchReport report)
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        if (report.Rules.Count > 0)
            Line($"{"rule", -20}{"typed, ns", 12}{"map, ns", 12}{"bytes", 8}");
        foreach (CelRuleTimes rule in report.Rules)
            Line($"{rule.Name, -20}{rule.NsTyped, 12:0.0}{rule.NsMap, 12:0.0}{rule.Bytes, 8:0.#}");
        if (report.RegexMissNs is { } miss)
            Line($"{"pattern, no match", -20}{miss, 12:0.0}");
        output.Line();
        if (report.Sets.Count > 0)
            Line($"{"rules as a set", -20}{"ns", 12}{"bytes", 8}{"load, s", 12}{"bytes/rule", 12}");
        foreach (CelSetTimes set in report.Sets)
            Line(
                $"{set.Rules, -20:N0}{set.Ns, 12:N0}{set.Bytes, 8:0.#}{set.LoadSeconds, 12:0.000}{set.BytesPerRule, 12:N0}"
            );
        if (report.Sets is [{ NsMap: { } map }, ..])
            Line($"{"over the map", -20}{map, 12:N0}");
        if (report.Patterns is { } patterns)
            Line(
                $"{patterns.Rules:N0} rules, {patterns.Patterns:N0} of them patterns: {patterns.Ns:N0} ns, loaded in {patterns.LoadSeconds:0.000} s, {patterns.BytesPerPattern:N0} bytes a pattern, its first search {patterns.FirstEvaluationUs:0.0} µs"
            );
        Line(
            $"A new rule: parse {report.CompileUs.Parse:0.0} µs, check {report.CompileUs.Check:0.0} µs, compile {report.CompileUs.Compile:0.0} µs, first evaluation {report.FirstEvaluationUs:0.00} µs (p99 {report.FirstEvaluationP99Us:0.0})"
        );
    }
}
