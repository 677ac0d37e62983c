using System.Globalization;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Bench;

/// <summary>A rule of a file, compiled both ways.</summary>
internal sealed record CelBenchCase(
    CelBenchRule Rule,
    ParsedExpr Parsed,
    CompiledRule<CelBenchRequest> Typed,
    CompiledRule<Dictionary<string, object?>> Map
);

/// <summary>
/// Compiles the rules of a file and holds their results to what the file expects, before anything is timed: typed, over
/// the map, and by the interpreter. A difference ends the command with status 1.
/// </summary>
internal static class CelBenchCheck
{
    public static List<CelBenchCase> Rules(CelBenchFile file, CelBenchCompiler compiler)
    {
        List<CelBenchCase> cases = [];
        foreach (CelBenchRule rule in file.Rules)
        {
            ParsedExpr parsed = CelBenchCompiler.Parse(rule.Name, rule.Expr);
            CelBenchCase made = new(
                rule,
                parsed,
                compiler.Typed(rule.Name, parsed),
                compiler.OverMap(rule.Name, parsed)
            );
            Value want = NativeValues.Of(rule.Want);
            Require(rule.Name, "typed", want, made.Typed.EvaluateValue(compiler.Request, new EvaluationScratch()));
            Require(rule.Name, "map", want, made.Map.EvaluateValue(compiler.Request.Map, new EvaluationScratch()));
            CelProgram program = compiler.Interpreted(rule.Name, parsed);
            Require(rule.Name, "interpreted", want, program.Evaluate(Activation.Of(compiler.Request.Map)));
            cases.Add(made);
        }
        return cases;
    }

    /// <summary>Holds a set to the number of matches expected, and to each of its rules alone.</summary>
    /// <param name="texts">The rules.</param>
    /// <param name="matches">Null if only the ways to evaluate must agree.</param>
    /// <param name="compiler">Compiles them.</param>
    public static void Set(IReadOnlyList<string> texts, int? matches, CelBenchCompiler compiler)
    {
        List<CompiledRule<CelBenchRequest>> typed = [];
        List<CompiledRule<Dictionary<string, object?>>> map = [];
        List<bool> alone = [];
        for (int i = 0; i < texts.Count; i++)
        {
            string name = NameOf(i);
            ParsedExpr parsed = CelBenchCompiler.Parse(name, texts[i]);
            typed.Add(compiler.Typed(name, parsed));
            map.Add(compiler.OverMap(name, parsed));
            Value result = compiler.Interpreted(name, parsed).Evaluate(Activation.Of(compiler.Request.Map));
            alone.Add(result.IsTrue);
        }
        RequireSet("typed", RuleSet<CelBenchRequest>.Create(typed), compiler.Request, alone);
        RequireSet("map", RuleSet<Dictionary<string, object?>>.Create(map), compiler.Request.Map, alone);
        int found = alone.Count(x => x);
        if (matches is { } wanted && found != wanted)
            throw Wrong(
                string.Create(CultureInfo.InvariantCulture, $"the set has {found} matches where {wanted} are expected")
            );
    }

    public static string NameOf(int place) => string.Create(CultureInfo.InvariantCulture, $"set[{place}]");

    private static void RequireSet<T>(string way, RuleSet<T> set, T input, List<bool> alone)
    {
        RuleMatches matches = set.NewMatches();
        set.Evaluate(input, matches);
        for (int i = 0; i < alone.Count; i++)
            if (matches.Contains(i) != alone[i])
                throw Wrong(
                    $"rule '{NameOf(i)}' ({way}) is {(alone[i] ? "no match" : "a match")} in its set, which it is {(alone[i] ? "" : "not ")}alone"
                );
    }

    private static void Require(string name, string way, Value want, Value found)
    {
        if (found.IsFault || !ValueEquality.Equal(want, found))
            throw Wrong($"rule '{name}' ({way}) gives {found} where {want} is expected");
    }

    private static CommandException Wrong(string message) => new(ExitCode.CheckFailed, "wrong_result", message);
}
