using Throughline.Cel.Compile;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>A set of rules gives what each of its rules gives alone.</summary>
public sealed class RuleSetTests
{
    [Fact]
    public void Evaluate_GeneratedRules_GivesWhatEachGivesAlone()
    {
        Random random = Seeds.Random();
        TypedExpressions expressions = new(random);
        EvaluationScratch scratch = new();
        for (int i = 0; i < 30; i++)
        {
            string[] texts =
            [
                .. Enumerable.Range(0, random.Next(1, 130)).Select(_ => expressions.Bool(random.Next(4))),
            ];
            CompiledRule<Visit>[] rules = [.. texts.Select(Visit.Compile)];
            RuleSet<Visit> set = RuleSet<Visit>.Create(rules);
            RuleMatches matches = set.NewMatches();
            for (int j = 0; j < 50; j++)
            {
                Visit visit = Visit.Random(random);
                set.Evaluate(visit, matches);
                for (int rule = 0; rule < rules.Length; rule++)
                    Assert.True(
                        matches.Contains(rule) == (rules[rule].Evaluate(visit, scratch) == RuleOutcome.True),
                        $"{texts[rule]}\n{visit}\nin the set {matches.Contains(rule)}"
                    );
            }
        }
    }

    [Fact]
    public void Evaluate_LiteralsInsideEachOther_FindsAll()
    {
        string[] needles = ["he", "she", "his", "hers", "e", "\U0001F600"];
        RuleSet<Visit> set = RuleSet<Visit>.Create([
            .. needles.Select(x => Visit.Compile($"request.path.contains('{x}')")),
        ]);
        RuleMatches matches = set.NewMatches();
        foreach (string path in new[] { "ushers", "his", "hhe", "", "s\U0001F600h", "\uFFFFhers" })
        {
            set.Evaluate(new Visit { Path = path }, matches);
            for (int i = 0; i < needles.Length; i++)
                Assert.Equal(path.Contains(needles[i], StringComparison.Ordinal), matches.Contains(i));
        }
    }

    [Fact]
    public void Evaluate_SteadyState_AllocatesNothing()
    {
        string[] texts =
        [
            "request.method == 'POST' && request.score > 3",
            "request.path.startsWith('/api')",
            "request.path.contains('check') || request.path.contains('cart')",
            "request.score in [1, 37]",
            "request.headers.exists(h, h.name == 'host')",
        ];
        RuleSet<Visit> set = RuleSet<Visit>.Create([.. texts.Select(Visit.Compile)]);
        RuleMatches matches = set.NewMatches();
        Visit visit = new()
        {
            Method = "POST",
            Path = "/api/check",
            Score = 37,
            Headers = [new("host", "x")],
        };
        set.Evaluate(visit, matches);
        Assert.Equal(texts.Length, matches.Count);
        Assert.Equal(0, CelCompilerTests.AllocatedBy(() => set.Evaluate(visit, matches)));
    }
}
