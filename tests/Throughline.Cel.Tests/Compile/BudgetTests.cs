using System.Runtime.CompilerServices;
using Throughline.Cel.Compile;
using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Compile;

/// <summary>Evaluations of compiled rules end, with an error, when they cost more than their budget or need too much stack.</summary>
public sealed class BudgetTests
{
    private const ulong Limit = 2_000;

    private static readonly Visit Long = new()
    {
        Method = new string('a', 5_000),
        Path = new string('a', 5_000),
        Score = 1,
        Tags = [.. Enumerable.Range(0, 3_000).Select(x => $"tag {x}")],
        Headers = [.. Enumerable.Range(0, 3_000).Select(x => new Header($"name {x}", $"value {x}"))],
        Labels = Enumerable.Range(0, 3_000).ToDictionary(x => $"{x}", x => $"{x}"),
    };

    [Theory]
    [InlineData("request.tags.all(t, t != 'x')")]
    [InlineData("request.tags.exists(t, t == request.path)")]
    [InlineData("request.tags.exists_one(t, request.tags.exists(u, t == u))")]
    [InlineData("request.headers.exists(h, h.name != '' && h.value == 'x' && h.size == -1)")]
    [InlineData("request.headers.map(h, h.name).exists(n, n == '')")]
    [InlineData("request.headers.filter(h, h.name != '').size() == 1")]
    [InlineData("request.labels.exists(k, v, k == '' && v == '')")]
    [InlineData("request.tags.transformList(i, t, i) == []")]
    [InlineData("request.tags.map(t, t + t) == []")]
    [InlineData("request.tags.all(t, !(request.path in request.tags))")]
    [InlineData("[1, 2, 3, 4, 5].all(a, request.tags.all(t, t.size() != a))")]
    [InlineData("cel.bind(a, request.path + request.path, cel.bind(b, a + a, b + b + b == ''))")]
    [InlineData("request.path.contains(request.method)")]
    [InlineData("request.path.matches('(a|b)+(a|c)+(a|d)+(x|z)$')")]
    [InlineData("[1, 2, 3].all(x, request.path == request.method) && size(request.path + request.path) == 1")]
    [InlineData("request.tags.filter(t, size(request.path) > 1).size() > 0")]
    [InlineData("sets.contains(request.tags, request.tags)")]
    public void Evaluate_CostsTooMuch_IsTheErrorOfTheInterpreter(string text)
    {
        CompiledRule<Visit> rule = Visit.Compile(text);
        EvaluationScratch scratch = new(Limit);

        Value interpreted = CelProgram
            .Create(TestChecks.Checked(text, Visit.Environment), Visit.Environment)
            .Evaluate(Visit.Schema.Activation(Long), Limit);
        RuleOutcome outcome = rule.Evaluate(Long, scratch);

        Assert.Equal(RuleOutcome.Error, outcome);
        Assert.Equal(Message(interpreted), Message(scratch.Fault));
        Assert.Equal(Message(interpreted), Message(rule.EvaluateValue(Long, scratch)));
        Assert.Contains($"more than {Limit} units", Message(scratch.Fault), StringComparison.Ordinal);
        // The next evaluation has a budget of its own, and a larger one is enough.
        Assert.NotEqual(RuleOutcome.Error, rule.Evaluate(new Visit { Labels = [] }, scratch));
        Assert.NotEqual(RuleOutcome.Error, rule.Evaluate(Long, new EvaluationScratch(ulong.MaxValue)));
    }

    // Only operands that come before, and decide, spare the work; cheap ones do come before.
    [Theory]
    [InlineData("request.tags.all(t, t != request.path) || request.score == 1", RuleOutcome.True)]
    [InlineData("request.score == 2 && request.tags.all(t, t != request.path)", RuleOutcome.False)]
    [InlineData(
        "request.tags.all(t, t != request.path) || many(many(1, 2, 3, 4, 5, request.score), 2, 3, 4, 5, 6) == 6"
    )]
    [InlineData("!(request.tags.all(t, t != request.path) && request.score / 0 == 1)")]
    [InlineData("request.headers.exists(h, request.tags.all(t, t != h.name) || h.name == 'name 1')")]
    public void Evaluate_CostsTooMuch_NoOperandAbsorbsThat(string text, RuleOutcome expected = RuleOutcome.Error)
    {
        Assert.Equal(expected, Visit.Compile(text).Evaluate(Long, new EvaluationScratch(Limit)));
    }

    [Theory]
    [InlineData("request.method != 'POST' && request.score in [1, 2] && has(request.path)")]
    [InlineData("request.score * 2 + 1 > 2 ? request.method != '' : false")]
    [InlineData("request.path.startsWith('aaa') && request.bytes <= 0u && !request.headless")]
    public void Evaluate_ConstantSize_NeedsNoBudget(string text)
    {
        Assert.Equal(RuleOutcome.True, Visit.Compile(text).Evaluate(Long, new EvaluationScratch(0)));
    }

    [Fact]
    public void Evaluate_NotChecked_HasTheSameBudget()
    {
        ParsedExpr expression = Parsing.Parsed("request.tags.all(t, t != 'x')");
        CompiledRule<Visit> rule = CelCompiler.Compile(expression, Visit.Schema, Visit.Environment);
        EvaluationScratch scratch = new(Limit);

        Assert.Equal(RuleOutcome.Error, rule.Evaluate(Long, scratch));
        Assert.Equal(Frame.LimitExceeded(Limit), Message(scratch.Fault));
        Assert.Equal(RuleOutcome.True, rule.Evaluate(Long, new EvaluationScratch()));
    }

    [Fact]
    public void Evaluate_NoLimitGiven_HasThatOfTheInterpreter()
    {
        Assert.Equal(CelProgram.DefaultCostLimit, new EvaluationScratch().CostLimit);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("size('a' + ")]
    public void Evaluate_LittleStackLeft_DeepExpressionIsAnError(string link)
    {
        const int depth = 100;
        (string inner, string close) = link switch
        {
            "!" => ("request.headless", ""),
            "-" => ("request.score", ""),
            _ => ("request.path", ").lowerAscii()"),
        };
        string text = link switch
        {
            "!" => string.Concat(Enumerable.Repeat("!(true && ", depth)) + inner + new string(')', depth),
            "-" => string.Concat(Enumerable.Repeat("-(1 * ", depth)) + inner + new string(')', depth) + " == 1",
            _ => string.Concat(Enumerable.Repeat("('a' + ", depth))
                + inner
                + string.Concat(Enumerable.Repeat(close, depth))
                + " == ''",
        };
        CompiledRule<Visit> rule = Visit.Compile(text);
        EvaluationScratch scratch = new();

        Assert.NotEqual(RuleOutcome.Error, rule.Evaluate(new Visit { Score = 1 }, scratch));
        Assert.Equal(RuleOutcome.Error, AtTheEndOfTheStack(() => rule.Evaluate(new Visit { Score = 1 }, scratch)));
        Assert.Equal(Frame.TooDeep, Message(scratch.Fault));
    }

    // Levels between two checks: what is left of the stack then has to be enough for them.
    [Theory]
    [InlineData("('a' + ", ").lowerAscii()", "request.path", " == ''")]
    [InlineData("many(1, 2, 3, 4, 5, -(", "))", "request.score", " == 1")]
    [InlineData("[1].exists(x, x == 1 && ", ")", "request.headless", "")]
    [InlineData("request.tags.exists(x, x == '' || ", ")", "request.headless", "")]
    public void Evaluate_LittleStackLeft_ShallowExpressionIsEvaluated(
        string open,
        string close,
        string inner,
        string end
    )
    {
        int depth = (Guards.Levels / 2) - 2;
        string text =
            string.Concat(Enumerable.Repeat(open, depth))
            + inner
            + string.Concat(Enumerable.Repeat(close, depth))
            + end;
        CompiledRule<Visit> rule = Visit.Compile(text);
        Visit visit = new() { Tags = ["a"] };

        RuleOutcome expected = rule.Evaluate(visit, new EvaluationScratch());

        Assert.Equal(RuleOutcome.False, expected);
        Assert.Equal(expected, AtTheEndOfTheStack(() => rule.Evaluate(visit, new EvaluationScratch())));
    }

    [MethodImpl(MethodImplOptions.NoOptimization)]
    private static RuleOutcome AtTheEndOfTheStack(Func<RuleOutcome> evaluate) =>
        RuntimeHelpers.TryEnsureSufficientExecutionStack() ? AtTheEndOfTheStack(evaluate) : evaluate();

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_100)]
    [InlineData(7_000)]
    [InlineData(20_000)]
    public void EvaluateSet_RulesShareCostlyParts_EachPaysAsAlone(ulong limit)
    {
        string[] texts =
        [
            "request.tags.all(t, t != 'x')",
            "request.score == 1 && !request.tags.all(t, t != 'x')",
            "request.tags.all(t, t != 'x') && request.tags.exists(t, t == 'tag 2999')",
            "request.tags.exists(t, t == 'tag 2999')",
            "request.score == 1",
        ];
        CompiledRule<Visit>[] rules = [.. texts.Select(Visit.Compile)];
        RuleSet<Visit> set = RuleSet<Visit>.Create(rules);
        RuleMatches matches = set.NewMatches(limit);
        EvaluationScratch scratch = new(limit);

        set.Evaluate(Long, matches);

        for (int i = 0; i < rules.Length; i++)
        {
            Assert.Equal((i, rules[i].Evaluate(Long, scratch)), (i, matches.OutcomeOf(i)));
            if (matches.TryGetFault(i, out Value fault))
                Assert.Equal(Message(scratch.Fault), Message(fault));
        }
        Assert.Equal(RuleOutcome.True, matches.OutcomeOf(4));
    }

    private static string Message(Value value)
    {
        Assert.True(value.TryGet(out CelError? error), $"{value}");
        return error.Message;
    }
}
