using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Check;

/// <summary>Expressions put together from pieces of the suite's: most are wrong, none may break the checker.</summary>
public sealed class CheckFuzzTests
{
    private static readonly string[] Names = ["request", "headers", "ports", "count", "anything", "event.name", "x"];

    [Fact]
    public void Check_ExpressionsFromPieces_GivesTypesAndABoundOfCostsOrPointsInsideTheText()
    {
        IReadOnlyList<SuiteExpression> suite = SuiteExpressions.All();
        Random random = Seeds.Random();
        int right = 0;
        int wrong = 0;
        int values = 0;
        for (int round = 0; round < LongTests.Rounds(20_000, 1_000_000); round++)
        {
            string text = Pieces(random, suite);
            if (!CelParser.Parse(text).IsSuccess)
                continue;
            CheckResult result = TestChecks.Check(text);
            if (result.IsSuccess)
            {
                right++;
                Assert.All(result.Checked.Types.Values, type => Assert.DoesNotContain('$', type.ToString()));
                CostEstimate cost = CostEstimate.Of(result.Checked, TestChecks.Environment);
                Evaluation evaluation = CelProgram
                    .Create(result.Checked, TestChecks.Environment)
                    .Trace(TestChecks.Input, costLimit: 1_000_000);
                // A part that fails ends early, even if an operator absorbs the error.
                ulong least = evaluation.Values.Values.Any(x => x.IsError) ? 0 : cost.Min;
                Assert.True(
                    least <= evaluation.Cost && evaluation.Cost <= cost.Max,
                    $"{text} cost {evaluation.Cost}, not {cost}: {evaluation.Value}"
                );
                values += evaluation.Value.IsError ? 0 : 1;
            }
            else
            {
                wrong++;
                Assert.All(result.Issues, issue => Assert.InRange(issue.Position, 0, text.Length));
            }
        }
        // The pieces are worth something only if both ends are reached.
        Assert.True(right > 100 && wrong > 100 && values > 100, $"{right} right, {wrong} wrong, {values} values");
    }

    private static string Pieces(Random random, IReadOnlyList<SuiteExpression> suite)
    {
        string one = Short(random, suite);
        string other = Short(random, suite);
        string name = Names[random.Next(Names.Length)];
        return random.Next(8) switch
        {
            0 => $"{one} == {other}",
            1 => $"[{one}, {other}, {name}]",
            2 => $"{name}.map(x, {one})",
            3 => $"cel.bind(x, {one}, {other}.exists(y, y == x))",
            4 => $"{{{one}: {other}}}",
            5 => $"({one}).{name}",
            6 => one.Replace("1", name, StringComparison.Ordinal),
            _ => Spliced(random, one, other),
        };
    }

    private static string Short(Random random, IReadOnlyList<SuiteExpression> suite)
    {
        string text = suite[random.Next(suite.Count)].Text;
        return text.Length <= 200 ? text : "[1, 'a', {}]";
    }

    private static string Spliced(Random random, string one, string other) =>
        one[..random.Next(one.Length)] + other[random.Next(other.Length)..];
}
