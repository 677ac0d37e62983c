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
    private static readonly Dictionary<string, object?> Nested = new()
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
    [InlineData("cel.bind(n, request.score + 1, n * n > n && n - 1 == request.score)")]
    [InlineData("cel.bind(h, request.headers, h.exists(x, x.name == 'host') && size(h) == 2)")]
    [InlineData("request.headers.filter(h, h.name.startsWith('x-')).size() == 1")]
    [InlineData("size(request.headers.filter(h, h.value != request.method)) == 2")]
    [InlineData("request.headers.filter(h, h.name != 'host').exists(h, h.value != '')")]
    [InlineData("request.headers.map(h, h.name).all(n, n != '') && 'host' in request.headers.map(h, h.name)")]
    [InlineData("request.tags.map(t, t == 'vip' ? 1 : 2).exists_one(n, n > 1)")]
    [InlineData("'vip' in request.tags && !(request.country in request.tags)")]
    [InlineData("request.tags.exists(i, t, i == 1 && t == 'new')")]
    [InlineData("request.headers.all(i, h, i < 2 && h.name != request.path)")]
    [InlineData("request.country in [request.method, 'NL', request.path]")]
    [InlineData("request.?country.orValue('?') == 'NL' && request.?session.?pages.orValue(0) == 1")]
    [InlineData("request.?session.hasValue() && request.?session.pages.value() == 1")]
    [InlineData("-request.score == -37 && request.bytes % 10u == 3u && request.rate * 2.0 == 85.0")]
    [InlineData("request.tags.exists(t, request.headers.exists(h, h.name != t && h.value != request.path))")]
    [InlineData("[1, 37].exists(x, x == request.score) && {'a': 1, 'b': 37}.size() == 2")]
    [InlineData("many(request.score, 1, 2, 3, 4, 5) == 6")]
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
            Tags = ["vip", "new"],
        };
        Assert.Equal(RuleOutcome.True, rule.Evaluate(visit, scratch));
        Assert.Equal(0, ActionCost.AllocatedBytes(() => rule.Evaluate(visit, scratch)));
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
    [InlineData("request.headers.exists(h, h.name == request.headers[1].name)", true)]
    [InlineData("request.tls.exists(k, v, k == 'version' && v == request.tls.version)", true)]
    [InlineData("request.?tls.?version.orValue('') == 'TLSv1.3' && !request.?tls.?alpn.hasValue()", true)]
    [InlineData("request.headers.filter(h, h.size > 1).map(h, h.name) == ['b']", true)]
    public void Evaluate_NestedDictionaries_GivesWhatTheInterpreterGives(string text, bool expected)
    {
        InputSchema<object> schema = new InputSchema<object>().Object("request", x => x);
        CelEnvironment environment = schema.Extend(TestChecks.Environment with { Variables = [] });
        CheckedExpr expression = TestChecks.Checked(text, environment);
        Value interpreted = CelProgram.Create(expression, environment).Evaluate(schema.Activation(Nested));
        Assert.Equal(expected, interpreted.IsTrue);
        RuleOutcome outcome = CelCompiler
            .Compile(expression, schema, environment)
            .Evaluate(Nested, new EvaluationScratch());
        Assert.True(Results.Same(interpreted, outcome), $"{interpreted} {outcome}");
    }

    [Theory]
    [InlineData("request.headers.exists(h, h.name == 'b' && h.size > request.score - 36)")]
    [InlineData("request.tls.exists(k, v, k == 'version' && v != '')")]
    [InlineData("request.?tls.?version.orValue('') == 'TLSv1.3' && !request.?tls.?alpn.hasValue()")]
    [InlineData("request.headers.filter(h, h.size > 1).size() == 1")]
    public void Evaluate_NestedDictionariesInSteadyState_AllocatesNothing(string text)
    {
        InputSchema<object> schema = new InputSchema<object>().Object("request", x => x);
        CelEnvironment environment = schema.Extend(TestChecks.Environment with { Variables = [] });
        CompiledRule<object> rule = CelCompiler.Compile(TestChecks.Checked(text, environment), schema, environment);
        EvaluationScratch scratch = new();
        Assert.Equal(RuleOutcome.True, rule.Evaluate(Nested, scratch));
        Assert.Equal(0, ActionCost.AllocatedBytes(() => rule.Evaluate(Nested, scratch)));
    }

    [Fact]
    public void Evaluate_OperandFaults_EvaluatesEachOperandOnce()
    {
        int reads = 0;
        InputSchema<Visit> schema = new InputSchema<Visit>("Counted")
            .String("country", x => x.Country)
            .Int("score", x => x.Score + (reads++ * 0));
        CelEnvironment environment = schema.Extend(TestChecks.Environment with { Variables = [] });
        foreach (string logic in new[] { "&&", "||" })
        {
            string text = $"country == 'NL' {logic} score / 0 == 1 {logic} score % 0 == 1";
            CheckedExpr expression = TestChecks.Checked(text, environment);
            CompiledRule<Visit> rule = CelCompiler.Compile(expression, schema, environment);
            reads = 0;
            Assert.Equal(RuleOutcome.Error, rule.Evaluate(new Visit(), new EvaluationScratch()));
            Assert.Equal(2, reads);
        }
    }
}
