using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Explain;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests;

/// <summary>The C# of the page stands here too, line by line: it compiles, and does what the page says.</summary>
public sealed class GuideSnippetTests
{
    [Fact]
    public void Guide_Snippets_StandInThisFile()
    {
        string[] source = Lines(
            File.ReadAllText(Repository.PathOf("tests/Throughline.Cel.Tests/GuideSnippetTests.cs"))
        );
        string here = string.Join('\n', source);
        string[] snippets = [.. GuidePage.Blocks("csharp").Select(x => string.Join('\n', Lines(x)))];

        Assert.Equal(4, snippets.Length);
        Assert.All(snippets, x => Assert.Contains(x, here, StringComparison.Ordinal));

        static string[] Lines(string text) => [.. text.Split('\n').Select(x => x.Trim()).Where(x => x.Length > 0)];
    }

    [Fact]
    public void Guide_Snippets_DoWhatThePageSays()
    {
        CelEnvironment environment = new()
        {
            Libraries = Libraries.All,
            Types = DescriptorProvider.WellKnownOnly,
            Variables = [new Variable("name", CelType.String), new Variable("age", CelType.Int)],
        };
        ParseResult parsed = CelParser.Parse("age >= 18 && name != ''");
        if (!parsed.IsSuccess)
            throw new ArgumentException(string.Join('\n', parsed.Issues));
        CheckResult check = CelChecker.Check(parsed.Expr, environment);
        if (!check.IsSuccess)
            throw new ArgumentException(string.Join('\n', check.Issues));
        CelProgram program = CelProgram.Create(check.Checked, environment);
        Value value = program.Evaluate(
            Activation.Of(new Dictionary<string, object?> { ["name"] = "Ada", ["age"] = 36L })
        );

        Assert.True(value.IsTrue);

        InputSchema<Visit> schema = new InputSchema<Visit>("Visit")
            .String("request.path", x => x.Path)
            .Int("request.score", x => x.Score)
            .Int("session.pages", x => x.Pages ?? 0, has: x => x.Pages is not null);
        CelEnvironment typed = schema.Extend(environment);
        CompiledRule<Visit>[] rules =
        [
            CelCompiler.Compile(Checked("request.path.startsWith('/api/')", typed), schema, typed),
            CelCompiler.Compile(Checked("request.score > 50 && !has(session.pages)", typed), schema, typed),
        ];
        RuleSet<Visit> set = RuleSet<Visit>.Create(rules);
        RuleMatches matches = set.NewMatches(); // one for each thread
        set.Evaluate(new Visit("/api/pay", 72, Pages: null), matches);
        RuleOutcome second = rules[1].Evaluate(new Visit("/", 10, Pages: 3), new EvaluationScratch());

        Assert.Equal(2, matches.Count);
        Assert.Equal(RuleOutcome.False, second);

        FunctionLibrary host = new(
            "host",
            [
                new Function(
                    "domain",
                    [
                        new Overload(
                            "string_domain",
                            IsInstance: true,
                            [CelType.String],
                            CelType.String,
                            x =>
                                x[0].String.Split('@') is [_, var domain]
                                    ? Value.Of(domain)
                                    : Value.Error("no address"),
                            Cost: sizes => 1 + sizes[0] / 10
                        ),
                    ]
                ),
            ]
        );
        CelEnvironment extended = environment with { Libraries = [.. Libraries.All, host] };

        Assert.Equal("\"b.c\"", Evaluate("'a@b.c'.domain()", extended));
        Assert.Equal("error: no address", Evaluate("'a'.domain()", extended));

        SizeHints sizes = new(new Dictionary<string, SizeRange> { ["name"] = SizeRange.UpTo(200) });
        CheckedExpr rule = Checked("name.matches('^A') && age > 30", environment);
        CostEstimate cost = CostEstimate.Of(rule, environment, sizes);
        IActivation input = Activation.Of(new Dictionary<string, object?> { ["name"] = "Ada", ["age"] = 36L });
        CelProgram planned = CelProgram.Create(rule, environment);
        Explanation why = Explanation.Of(planned, input);
        Value partial = planned.Evaluate(input.WithUnknown("age"));

        Assert.InRange(cost.Max, cost.Min, 100ul);
        Assert.True(why.Value.IsTrue);
        Assert.True(partial.IsUnknown);
    }

    private static CheckedExpr Checked(string text, CelEnvironment environment) =>
        TestChecks.Checked(text, environment);

    private static string Evaluate(string text, CelEnvironment environment) =>
        CelProgram.Create(Checked(text, environment), environment).Evaluate(Activation.Empty).ToString();

    private sealed record Visit(string Path, long Score, long? Pages);
}
