using System.Diagnostics;
using System.Text.Json;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cli.Bench;

/// <summary>Times the rule language on the rules of a file: alone, as sets, over a typed request and over a plain map.</summary>
internal sealed class CelBench
{
    private readonly CelBenchFile file;
    private readonly CelBenchEffort effort;
    private readonly CelBenchCompiler compiler;
    private readonly List<CelBenchCase> cases;
    private readonly CelSetBench sets;

    private CelBench(CelBenchFile file, CelBenchEffort effort)
    {
        this.file = file;
        this.effort = effort;
        compiler = new(file);
        cases = CelBenchCheck.Rules(file, compiler);
        sets = new(file, compiler, effort);
        if (file.Set.Count > 0)
            CelBenchCheck.Set(file.Set, file.SetMatches, compiler);
    }

    /// <summary>Checks the results of all rules; nothing is timed if one is wrong.</summary>
    public static CelBench Create(CelBenchFile file, CelBenchEffort effort) => new(file, effort);

    /// <summary>The rules that ask for what the typed request does not have; their typed times are those of a map in it.</summary>
    public IEnumerable<string> WithoutTypes =>
        cases.Where(x => !compiler.HasTypesFor(x.Parsed)).Select(x => x.Rule.Name);

    /// <summary>Measures; reports steps done, <see cref="Steps"/> in all.</summary>
    public CelBenchReport Run(IProgress<long> progress, CancellationToken cancellation)
    {
        List<CelRuleTimes> rules = Rules(cancellation, out double? miss);
        progress.Report(1);
        List<CelSetTimes> times = file.Set.Count == 0 ? [] : Sets(cancellation);
        progress.Report(2);
        (double first, double p99, CelCompileTimes compile) = FirstEvaluations();
        progress.Report(3);
        CelPatternTimes? patterns = file.Set.Count == 0 ? null : sets.Patterns(cancellation);
        progress.Report(Steps);
        return new(rules, times, miss, first, p99, compile, patterns, Environment.ProcessorCount);
    }

    public const int Steps = 4;

    private List<CelRuleTimes> Rules(CancellationToken cancellation, out double? miss)
    {
        CelBenchRequest ordinary = compiler.Request.Ordinary();
        CelBenchTimer timer = new(effort);
        List<(int Typed, int Map)> places = [];
        List<int> misses = [];
        foreach (CelBenchCase each in cases)
        {
            bool isBool = each.Rule.Want.ValueKind is JsonValueKind.True or JsonValueKind.False;
            places.Add(
                (timer.Add(each.Typed, compiler.Request, isBool), timer.Add(each.Map, compiler.Request.Map, isBool))
            );
            if (
                CelTrees.IsPatternSearch(each.Parsed)
                && each.Typed.Evaluate(ordinary, new EvaluationScratch()) == RuleOutcome.False
            )
                misses.Add(timer.Add(each.Typed, ordinary, isBool));
        }
        double[] ns = timer.Measure(cancellation);
        miss = misses.Count == 0 ? null : CelSetBench.Rounded(misses.Average(x => ns[x]));
        return
        [
            .. cases.Select(
                (x, i) =>
                    new CelRuleTimes(
                        x.Rule.Name,
                        CelSetBench.Rounded(ns[places[i].Typed]),
                        CelSetBench.Rounded(ns[places[i].Map]),
                        timer.Bytes(places[i].Typed)
                    )
            ),
        ];
    }

    private List<CelSetTimes> Sets(CancellationToken cancellation)
    {
        CelBenchTimer timer = new(effort);
        List<(int Rules, CelSetBench.Loaded Loaded)> loaded = [];
        foreach (int count in effort.SetSizes.Where(x => x > file.Set.Count).Prepend(file.Set.Count))
        {
            string[] texts = sets.Texts(count);
            if (count <= effort.SetSizes[0])
                CelBenchCheck.Set(texts, matches: null, compiler);
            loaded.Add((count, sets.Load(texts)));
            timer.Add(loaded[^1].Loaded.Set, compiler.Request);
        }
        int map = timer.Add(
            RuleSet<Dictionary<string, object?>>.Create([
                .. file.Set.Select((x, i) => compiler.OverMap("", CelBenchCompiler.Parse(CelBenchCheck.NameOf(i), x))),
            ]),
            compiler.Request.Map
        );
        double[] ns = timer.Measure(cancellation);
        return
        [
            .. loaded.Select(
                (x, i) =>
                    new CelSetTimes(
                        x.Rules,
                        CelSetBench.Rounded(ns[i]),
                        i == 0 ? CelSetBench.Rounded(ns[map]) : null,
                        timer.Bytes(i),
                        Output.Figures.Seconds(x.Loaded.Seconds),
                        CelSetBench.Rounded((double)x.Loaded.Bytes / x.Rules)
                    )
            ),
        ];
    }

    // New rules: those of the file with literals that nothing has had before.
    private (double Median, double P99, CelCompileTimes Compile) FirstEvaluations()
    {
        const int Copies = 5;
        const int NewLiterals = 1_000_000;
        string[] texts =
        [
            .. cases
                .Select(x => x.Parsed)
                .Concat(file.Set.Select((x, i) => CelBenchCompiler.Parse(CelBenchCheck.NameOf(i), x)))
                .Where(compiler.HasTypesFor)
                .SelectMany(x =>
                    Enumerable.Range(NewLiterals, Copies).Select(by => CelTrees.WithOtherLiterals(x, by, by))
                ),
        ];
        List<double> parse = [];
        List<double> check = [];
        List<double> compile = [];
        List<double> first = [];
        EvaluationScratch scratch = new();
        foreach (string text in texts)
        {
            long started = Stopwatch.GetTimestamp();
            ParsedExpr parsed = CelBenchCompiler.Parse("", text);
            parse.Add(Since(ref started));
            CheckedExpr? isChecked = compiler.CheckTyped(parsed);
            check.Add(Since(ref started));
            if (isChecked is null)
                continue;
            CompiledRule<CelBenchRequest> rule = compiler.CompileTyped(isChecked);
            compile.Add(Since(ref started));
            if (isChecked.Type.Kind == TypeKind.Bool)
                rule.Evaluate(compiler.Request, scratch);
            else
                rule.EvaluateValue(compiler.Request, scratch);
            first.Add(Since(ref started));
        }
        first.Sort();
        return (
            Rounded(first),
            first.Count == 0 ? 0 : Math.Round(first[(int)(0.99 * (first.Count - 1))], 2, MidpointRounding.ToEven),
            new(Rounded(parse), Rounded(check), Rounded(compile))
        );
    }

    private static double Since(ref long started)
    {
        long now = Stopwatch.GetTimestamp();
        double elapsed = CelBenchTimer.Microseconds(started, now);
        started = Stopwatch.GetTimestamp();
        return elapsed;
    }

    private static double Rounded(List<double> times) =>
        Math.Round(CelBenchTimer.Median([.. times]), 2, MidpointRounding.ToEven);
}
