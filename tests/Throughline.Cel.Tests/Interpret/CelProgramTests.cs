using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Interpret;

/// <summary>Names, host functions, limits, and that nothing is thrown.</summary>
public sealed class CelProgramTests
{
    [Theory]
    [InlineData("a.b.c", "a.b.c", "1")]
    [InlineData("b.c", "a.b.c", "1")]
    [InlineData(".b.c", "b.c", "2")]
    [InlineData("b", "a.b", "{\"c\": 3}")]
    public void Evaluate_Names_AreResolvedFromTheContainerUp(string text, string only, string expected)
    {
        Dictionary<string, object?> all = new()
        {
            ["a.b.c"] = 1,
            ["b.c"] = 2,
            ["a.b"] = new Dictionary<string, object?> { ["c"] = 3 },
        };
        CelEnvironment environment = Evaluating.Environment with { Container = "a" };
        CelProgram program = Evaluating.Program(text, environment);

        Assert.Equal(expected, program.Evaluate(Activation.Of(all)).ToString());
        Assert.Equal(expected, program.Evaluate(Evaluating.Input((only, all[only]))).ToString());
    }

    [Fact]
    public void Evaluate_HostFunction_IsCalledWithItsOverload()
    {
        FunctionLibrary host = new(
            "host",
            [
                new(
                    "twice",
                    [
                        new("twice_int", true, [CelType.Int], CelType.Int, x => Value.Of(x[0].Int * 2)),
                        new(
                            "twice_string",
                            true,
                            [CelType.String],
                            CelType.String,
                            x => Value.Of(x[0].String + x[0].String)
                        ),
                    ]
                ),
            ]
        );
        CelEnvironment environment = Evaluating.Environment with { Libraries = [.. Libraries.All, host] };

        Assert.Equal("14", Evaluating.Program("7.twice()", environment).Evaluate(Activation.Empty).ToString());
        Assert.Equal("\"abab\"", Evaluating.Program("'ab'.twice()", environment).Evaluate(Activation.Empty).ToString());
        Assert.True(Evaluating.Program("true.twice()", environment).Evaluate(Activation.Empty).IsError);
    }

    [Theory]
    [InlineData("lists.range(1000).all(x, lists.range(1000).all(y, x + y >= 0))")]
    [InlineData("lists.range(1000000).exists(x, x < 0) || true")]
    [InlineData("lists.range(100000).map(x, [x, x]).size() > 0 ? true : true")]
    public void Evaluate_BeyondTheBudget_EndsWithAnError(string text)
    {
        Value value = Evaluating.Program(text).Evaluate(Activation.Empty, costLimit: 10_000);

        Assert.True(value.TryGet(out CelError? error), $"{value}");
        Assert.Contains("cost limit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_CostEqualToTheBudget_IsEnough()
    {
        CelProgram program = Evaluating.Program("[1, 2, 3].map(x, x * x).exists(x, x == 9)");
        ulong cost = program.Trace(Activation.Empty).Cost;

        Assert.True(program.Evaluate(Activation.Empty, cost).IsTrue);
        Assert.True(program.Evaluate(Activation.Empty, cost - 1).IsError);
    }

    [Fact]
    public void Trace_AnyExpressionOfTheSuite_CostsNoMoreThanEstimated()
    {
        int compared = 0;
        foreach (SuiteExpression expression in SuiteExpressions.All())
        {
            ParseResult parsed = CelParser.Parse(expression.Text, expression.Options);
            if (!parsed.IsSuccess)
                continue;
            CheckResult check = CelChecker.Check(parsed.Expr, Evaluating.Environment);
            if (!check.IsSuccess)
                continue;
            CostEstimate estimate = CostEstimate.Of(
                check.Checked,
                Evaluating.Environment,
                new SizeHints(new Dictionary<string, SizeRange>())
            );
            ulong cost = CelProgram.Create(check.Checked, Evaluating.Environment).Trace(Activation.Empty).Cost;
            Assert.True(cost <= estimate.Max, $"{expression.Name}: {expression.Text} costs {cost}, not {estimate}");
            compared++;
        }
        Assert.InRange(compared, 1_000, 2_456);
    }

    [Fact]
    public void Evaluate_AnyTree_ThrowsNothing()
    {
        Random random = Seeds.Random();
        ExprGenerator generator = new(random);
        Dictionary<string, object?> variables = new()
        {
            ["a"] = new Dictionary<string, object?>
            {
                ["as"] = 1,
                ["in"] = new List<object?> { 1, "x" },
            },
            ["b"] = new List<object?> { 1, 2.5, "x", null },
            ["x1"] = "text",
        };
        int values = 0;
        for (int i = 0; i < 3_000; i++)
        {
            ParseResult parsed = CelParser.Parse(CelPrinter.Print(generator.Next(4), new Dictionary<int, Expr>()));
            if (!parsed.IsSuccess)
                continue;
            Value value = CelProgram
                .Create(parsed.Expr, Evaluating.Environment)
                .Evaluate(Activation.Of(variables).WithUnknown("_y"), costLimit: 100_000);
            values += value.IsFault ? 0 : 1;
        }
        Assert.True(values > 50, $"only {values} expressions had a value");
    }

    [Fact]
    public void Evaluate_VeryDeepHostValue_IsAnError()
    {
        List<object?> deep = [];
        for (int i = 0; i < 200_000; i++)
            deep = [deep];

        Assert.Equal("a value is nested too deeply", Evaluating.Error("x == x", ("x", deep)));
    }

    [Fact]
    public void Evaluate_StringThatDoubles_EndsAtTheDefaultLimit()
    {
        string text = "s";
        for (int i = 0; i < 40; i++)
            text = $"cel.bind(s, s + s, {text})";

        Assert.Contains("cost limit", Evaluating.Error(text, ("s", "0123456789")), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_VeryDeepTree_IsAnErrorOrAValue()
    {
        ParserOptions options = new() { MaxDepth = 100_000, MaxLength = 1_000_000 };
        string text = string.Concat(Enumerable.Repeat("-", 3_000)) + "1";
        ParseResult parsed = CelParser.Parse(text, options);
        Assert.True(parsed.IsSuccess);

        Value value = CelProgram.Create(parsed.Expr, Evaluating.Environment).Evaluate(Activation.Empty);

        Assert.True(value.IsInt || value.IsError);
    }
}
