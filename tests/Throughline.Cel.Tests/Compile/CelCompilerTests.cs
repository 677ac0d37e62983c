using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>Compiled expressions give what the interpreter gives, and allocate nothing.</summary>
public sealed class CelCompilerTests
{
    [Fact]
    public void Evaluate_GeneratedExpressions_GivesWhatTheInterpreterGives()
    {
        Random random = Seeds.Random();
        TypedExpressions expressions = new(random);
        EvaluationScratch scratch = new();
        for (int i = 0; i < 2_500; i++)
        {
            string text = expressions.Any(4);
            CheckedExpr expression = TestChecks.Checked(text, Visit.Environment);
            CelProgram program = CelProgram.Create(expression, Visit.Environment);
            CompiledRule<Visit> rule = CelCompiler.Compile(expression, Visit.Schema, Visit.Environment);
            for (int j = 0; j < 5; j++)
            {
                Visit visit = Visit.Random(random);
                Value expected = program.Evaluate(Visit.Schema.Activation(visit));
                Value actual = rule.EvaluateValue(visit, scratch);
                Assert.True(Same(expected, actual), $"{text}\n{visit}\nexpected {expected}, was {actual}");
                RuleOutcome outcome = rule.Evaluate(visit, scratch);
                Assert.True(Same(expected, outcome), $"{text}\n{visit}\nexpected {expected}, was {outcome}");
            }
        }
    }

    [Theory]
    [InlineData("request.method == 'POST'")]
    [InlineData("request.path.startsWith('/api/') && request.path.contains('check')")]
    [InlineData("request.country in ['US', 'GB', 'DE', 'NL'] && request.score in [1, 2, 37]")]
    [InlineData("request.rate > 30.0 && request.score >= 30 && request.bytes < 10000u")]
    [InlineData("has(request.session) && has(request.session.pages) && request.session.pages + 1 > 1")]
    [InlineData("request.headers.exists(h, h.name == 'x-forwarded-for' && h.value != '')")]
    [InlineData("request.headers.exists(h, h.name == 'x-forwarded-for' && h.value != request.method)")]
    [InlineData("!request.path.matches('[Bb]ot/[0-9]+')")]
    [InlineData("any == 37 || any in [37.0]")]
    public void Evaluate_SteadyState_AllocatesNothing(string text)
    {
        CompiledRule<Visit> rule = Visit.Compile(text);
        EvaluationScratch scratch = new();
        Visit visit = new()
        {
            Method = "POST",
            Path = "/api/checkout",
            Country = "NL",
            Score = 37,
            Bytes = 5123,
            Rate = 42.5,
            Headless = true,
            HasSession = true,
            Pages = 1,
            Headers = [new("host", "a"), new("x-forwarded-for", "203.0.113.77")],
        };
        Assert.Equal(RuleOutcome.True, rule.Evaluate(visit, scratch));
        Assert.Equal(0, AllocatedBy(() => rule.Evaluate(visit, scratch)));
    }

    [Theory]
    [InlineData("request.country == 'NL' || request.score == 1", RuleOutcome.True)]
    [InlineData("request.country == 'NL' && request.score == 2", RuleOutcome.False)]
    [InlineData("request.country == 'NL' || request.score == 2", RuleOutcome.Error)]
    [InlineData("request.session.pages > 0", RuleOutcome.Error)]
    [InlineData("has(request.session.pages)", RuleOutcome.Error)]
    [InlineData("has(request.session)", RuleOutcome.False)]
    [InlineData("1 / (request.score - 1) > 0", RuleOutcome.Error)]
    public void Evaluate_MissingField_IsAnErrorThatAnOperandMayAbsorb(string text, RuleOutcome expected)
    {
        Assert.Equal(expected, Visit.Compile(text).Evaluate(new Visit { Score = 1 }, new EvaluationScratch()));
    }

    [Theory]
    [InlineData("request.method == 'POST'", true)]
    [InlineData("request.headers.exists(h, h.name == 'b' && h.size > 1)", true)]
    [InlineData("has(request.tls.version) && !has(request.tls.alpn)", true)]
    [InlineData("request.score in [1, 37] && request.rate > 1", true)]
    [InlineData("request.nothing == 1 || request.score == 37", true)]
    [InlineData("request.score > 80 ? false : request.method.startsWith('PO')", true)]
    public void Evaluate_NestedDictionaries_GivesWhatTheInterpreterGives(string text, bool expected)
    {
        InputSchema<object> schema = new InputSchema<object>().Object("request", x => x);
        CelEnvironment environment = schema.Extend(TestChecks.Environment with { Variables = [] });
        Dictionary<string, object?> input = new()
        {
            ["method"] = "POST",
            ["score"] = 37L,
            ["rate"] = 1.5,
            ["tls"] = new Dictionary<string, object?> { ["version"] = "TLSv1.3" },
            ["headers"] = new object?[]
            {
                new Dictionary<string, object?> { ["name"] = "a", ["size"] = 1L },
                new Dictionary<string, object?> { ["name"] = "b", ["size"] = 2L },
            },
        };
        CheckedExpr expression = TestChecks.Checked(text, environment);
        Value interpreted = CelProgram.Create(expression, environment).Evaluate(schema.Activation(input));
        Assert.Equal(expected, interpreted.IsTrue);
        RuleOutcome outcome = CelCompiler
            .Compile(expression, schema, environment)
            .Evaluate(input, new EvaluationScratch());
        Assert.True(Same(interpreted, outcome), $"{interpreted} {outcome}");
    }

    internal static long AllocatedBy(Action action)
    {
        for (int i = 0; i < 100; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool Same(Value expected, Value actual)
    {
        if (expected.IsFault || actual.IsFault)
            return expected.IsError == actual.IsError && expected.IsUnknown == actual.IsUnknown;
        return expected.Kind == actual.Kind && expected.ToString() == actual.ToString();
    }

    private static bool Same(Value expected, RuleOutcome actual) =>
        actual switch
        {
            RuleOutcome.True => expected.IsTrue,
            RuleOutcome.False => expected.IsFalse,
            RuleOutcome.Unknown => expected.IsUnknown,
            _ => !expected.IsBool && !expected.IsUnknown,
        };
}
