using System.Diagnostics;
using System.Globalization;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Parse;

namespace Throughline.Cli.Bench;

/// <summary>Loads sets of rules from their texts: how long it takes, and how much memory they keep.</summary>
internal sealed class CelSetBench(CelBenchFile file, CelBenchCompiler compiler, CelBenchEffort effort)
{
    /// <summary>A set, and what it took to load it.</summary>
    /// <param name="Bytes">That it keeps; its texts are not counted.</param>
    public sealed record Loaded(RuleSet<CelBenchRequest> Set, double Seconds, long Bytes);

    private readonly ParsedExpr[] parsed =
    [
        .. file.Set.Select((x, i) => CelBenchCompiler.Parse(CelBenchCheck.NameOf(i), x)),
    ];

    /// <summary>The file's set as often as need be, with other literals each time.</summary>
    public string[] Texts(int count)
    {
        string[] texts = new string[count];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            int copy = i / parsed.Length;
            int place = i % parsed.Length;
            // Numbers stay near those of the file, so that about as many of them decide.
            texts[i] =
                copy == 0 ? file.Set[place] : CelTrees.WithOtherLiterals(parsed[place], copy, ints: 1 + copy % 10);
            if (!seen.Add(texts[i]) && copy > 0)
                texts[i] = CelTrees.WithOtherLiterals(parsed[place], copy, ints: 10 + copy);
        }
        return texts;
    }

    /// <summary>The same with a pattern of its own in the place of every tenth rule.</summary>
    public string[] TextsWithPatterns(int count)
    {
        string[] texts = Texts(count);
        for (int i = 9; i < count; i += 10)
            texts[i] = Pattern(i / 10);
        return texts;
    }

    /// <summary>A search for agents; no two numbers give the same pattern. Odd ones hold a literal of their own, which few texts
    /// have; even ones share their words, and have to be searched for wherever one stands.</summary>
    public static string Pattern(int number) =>
        number % 2 == 0
            ? $"request.ua.matches('(bot|crawl|spider|[Hh]eadless)[A-Za-z]*/[0-9.]+ [{Letters(number)}]+')"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"request.ua.matches('([Cc]rawl|[Ss]crape|[Mm]onitor)-?(agent|client|bot){number}[A-Za-z]*/[0-9]+')"
            );

    // Other letters for another number.
    private static string Letters(int number) =>
        string.Concat(
            Enumerable.Range(0, 25).Where(x => (number >> x & 1) != 0).Select(x => (char)('a' + x)).Append('z')
        );

    /// <summary>Parses, checks and compiles the rules, and makes them a set.</summary>
    public Loaded Load(string[] texts)
    {
        double[] seconds = new double[effort.Loads];
        RuleSet<CelBenchRequest>? set = null;
        long bytes = 0;
        for (int i = 0; i < seconds.Length; i++)
        {
            set = null;
            long before = GC.GetTotalMemory(forceFullCollection: true);
            long started = Stopwatch.GetTimestamp();
            set = Compile(texts);
            seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        }
        return new(set!, CelBenchTimer.Median(seconds), bytes);
    }

    /// <summary>A set with patterns against the same number of rules without: time, and memory of the patterns.</summary>
    public CelPatternTimes Patterns(CancellationToken cancellation)
    {
        string[] texts = TextsWithPatterns(effort.PatternRules);
        string[] plain = [.. texts.Where((_, i) => i % 10 != 9)];
        int patterns = texts.Length - plain.Length;
        long without = Load(plain).Bytes;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Loaded with = Load(texts);
        CelBenchTimer timer = new(effort with { WarmUp = effort.WarmUp / 2 });
        timer.Add(with.Set, compiler.Request);
        foreach (CelBenchHeader header in compiler.Request.Headers)
            timer.Add(with.Set, compiler.Request with { Ua = header.Value });
        double ns = timer.Measure(cancellation)[0];
        // The set lives until here, with all that its patterns have built up meanwhile.
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before - without;
        GC.KeepAlive(with.Set);
        return new(
            texts.Length,
            patterns,
            Rounded(ns),
            Output.Figures.Seconds(with.Seconds),
            Rounded((double)bytes / patterns),
            FirstSearch()
        );
    }

    public static double Rounded(double figure) => Math.Round(figure, 1, MidpointRounding.ToEven);

    private double FirstSearch()
    {
        const int Count = 200;
        double[] times = new double[Count];
        EvaluationScratch scratch = new();
        for (int i = 0; i < Count; i++)
        {
            ParsedExpr expression = CelBenchCompiler.Parse("pattern", Pattern(2 * (effort.PatternRules + i)));
            CompiledRule<CelBenchRequest> rule = compiler.Typed("pattern", expression);
            long started = Stopwatch.GetTimestamp();
            rule.Evaluate(compiler.Request, scratch);
            times[i] = CelBenchTimer.Microseconds(started, Stopwatch.GetTimestamp());
        }
        return Math.Round(CelBenchTimer.Median(times), 2, MidpointRounding.ToEven);
    }

    private RuleSet<CelBenchRequest> Compile(string[] texts)
    {
        CompiledRule<CelBenchRequest>[] rules = new CompiledRule<CelBenchRequest>[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            rules[i] = compiler.Typed("", CelBenchCompiler.Parse("", texts[i]));
        return RuleSet<CelBenchRequest>.Create(rules);
    }
}
