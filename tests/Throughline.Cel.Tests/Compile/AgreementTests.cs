using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Interpret;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>Compiled expressions give what the interpreter gives, whatever the expression and the input are.</summary>
public sealed class AgreementTests
{
    private const int Expressions = 2_500;
    private const int InputsOfEach = 5;

    [Fact]
    public void Evaluate_GeneratedExpressionsOverSlots_GivesWhatTheInterpreterGives()
    {
        Random random = Seeds.Random();
        Agreement<Visit> agreement = new(Visit.Schema, Visit.Environment, () => Visit.Random(random));
        agreement.Check(new TypedExpressions(random));
        Assert.Equal(Expressions * InputsOfEach, agreement.Cases);
        agreement.CheckSpread();
    }

    [Fact]
    public void Evaluate_GeneratedExpressionsOverMaps_GivesWhatTheInterpreterGives()
    {
        Random random = Seeds.Random();
        RandomMaps maps = new(random);
        Agreement<Dictionary<string, object?>> agreement = new(RandomMaps.Schema, RandomMaps.Environment, maps.Next);
        agreement.Check(new TypedExpressions(random));
        Assert.Equal(Expressions * InputsOfEach, agreement.Cases);
        agreement.CheckSpread();
    }

    [Theory]
    [InlineData("any == 1")]
    [InlineData("any == 1 && request.country == 'NL'")]
    [InlineData("request.score / 0 == 1 || any in [1, 2]")]
    [InlineData("cel.bind(x, any, x == 1 || x == 2)")]
    [InlineData("request.tags.all(t, t == any) && any > 1")]
    public void EvaluateValue_Unknown_NamesWhatTheInterpreterNames(string text)
    {
        CheckedExpr expression = TestChecks.Checked(text, Visit.Environment);
        Visit visit = new() { IsOpen = true, Tags = ["a", "b"] };

        Value expected = CelProgram.Create(expression, Visit.Environment).Evaluate(Visit.Schema.Activation(visit));
        Value actual = CelCompiler
            .Compile(expression, Visit.Schema, Visit.Environment)
            .EvaluateValue(visit, new EvaluationScratch());

        Assert.True(expected.TryGet(out CelUnknown? x));
        Assert.True(actual.TryGet(out CelUnknown? y));
        Assert.NotEmpty(x.ExprIds);
        Assert.Equal(x.ExprIds, y.ExprIds);
    }

    // An operand of the wrong type is an error only if no other operand is a fault.
    [Theory]
    [InlineData("a.startsWith(b)")]
    [InlineData("a / size(b) == 1")]
    [InlineData("a < b")]
    [InlineData("a in [b]")]
    [InlineData("[a] + b == []")]
    public void Evaluate_WrongTypeBesideUnknown_IsUnknown(string text)
    {
        InputSchema<object> schema = new InputSchema<object>()
            .Object("a", _ => true)
            .Object("b", _ => new CelUnknown([]));
        CelEnvironment environment = schema.Extend(Visit.Environment with { Variables = [] });
        CheckedExpr expression = TestChecks.Checked(text, environment);

        Assert.True(CelProgram.Create(expression, environment).Evaluate(schema.Activation(text)).IsUnknown);
        Assert.Equal(
            RuleOutcome.Unknown,
            CelCompiler.Compile(expression, schema, environment).Evaluate(text, new EvaluationScratch())
        );
    }

    [Fact]
    public void Evaluate_VariableThatTheSchemaLacks_IsAnErrorThatAnOperandMayAbsorb()
    {
        CelEnvironment environment = Visit.Environment with
        {
            Variables = [.. Visit.Environment.Variables, new Variable("elsewhere", CelType.Int)],
        };
        CheckedExpr expression = TestChecks.Checked("elsewhere == 1 || request.score == 1", environment);
        CompiledRule<Visit> rule = CelCompiler.Compile(expression, Visit.Schema, environment);

        Assert.Equal(RuleOutcome.True, rule.Evaluate(new Visit { Score = 1 }, new EvaluationScratch()));
        Assert.Equal(RuleOutcome.Error, rule.Evaluate(new Visit { Score = 2 }, new EvaluationScratch()));
    }

    [Fact]
    public async Task Evaluate_ManyThreads_GivesWhatOneGives()
    {
        const int threads = 4;
        Random random = Seeds.Random();
        TypedExpressions expressions = new(random);
        CompiledRule<Visit>[] rules = [.. Enumerable.Range(0, 300).Select(_ => Visit.Compile(expressions.Bool(4)))];
        Visit[] visits = [.. Enumerable.Range(0, 50).Select(_ => Visit.Random(random))];
        RuleOutcome[] alone = Outcomes(rules, visits, start: 0);

        RuleOutcome[][] together = await Task.WhenAll(
            Enumerable
                .Range(0, threads)
                .Select(i =>
                    Task.Run(
                        () => Outcomes(rules, visits, i * rules.Length / threads),
                        TestContext.Current.CancellationToken
                    )
                )
        );

        Assert.All(together, outcomes => Assert.Equal(alone, outcomes));
        Assert.Contains(RuleOutcome.True, alone);
        Assert.Contains(RuleOutcome.Error, alone);
    }

    // The threads begin at different rules, so that one finds the rule of another in the middle of its work.
    private static RuleOutcome[] Outcomes(CompiledRule<Visit>[] rules, Visit[] visits, int start)
    {
        EvaluationScratch scratch = new();
        RuleOutcome[] outcomes = new RuleOutcome[rules.Length * visits.Length];
        for (int i = 0; i < rules.Length; i++)
        {
            int rule = (start + i) % rules.Length;
            for (int j = 0; j < visits.Length; j++)
                outcomes[(rule * visits.Length) + j] = rules[rule].Evaluate(visits[j], scratch);
        }
        return outcomes;
    }

    private sealed class Agreement<T>(InputSchema<T> schema, CelEnvironment environment, Func<T> next)
    {
        private readonly EvaluationScratch scratch = new();
        private readonly Dictionary<string, int> kinds = [];

        public int Cases { get; private set; }

        public void Check(TypedExpressions expressions)
        {
            for (int i = 0; i < Expressions; i++)
            {
                string text = expressions.Any(4);
                CheckedExpr expression = TestChecks.Checked(text, environment);
                CelProgram program = CelProgram.Create(expression, environment);
                CompiledRule<T> rule = CelCompiler.Compile(expression, schema, environment);
                for (int j = 0; j < InputsOfEach; j++)
                    Check(text, program, rule, next());
            }
        }

        /// <summary>All kinds of results came about: what never happens proves nothing.</summary>
        public void CheckSpread()
        {
            foreach (string kind in new[] { "true", "false", "error", "unknown", "other" })
                Assert.True(kinds.GetValueOrDefault(kind) > Cases / 200, $"{kind}: {kinds.GetValueOrDefault(kind)}");
        }

        private void Check(string text, CelProgram program, CompiledRule<T> rule, T input)
        {
            Value expected = program.Evaluate(schema.Activation(input));
            Value actual = rule.EvaluateValue(input, scratch);
            Assert.True(Results.Same(expected, actual), $"{text}\n{Shown()}\nexpected {expected}, was {actual}");
            RuleOutcome outcome = rule.Evaluate(input, scratch);
            Assert.True(Results.Same(expected, outcome), $"{text}\n{Shown()}\nexpected {expected}, was {outcome}");
            Cases++;
            string kind =
                expected.IsBool ? expected.ToString()
                : expected.IsError ? "error"
                : expected.IsUnknown ? "unknown"
                : "other";
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;

            string Shown() => input is Visit visit ? visit.ToString() : NativeValues.Of(input).ToString();
        }
    }
}
