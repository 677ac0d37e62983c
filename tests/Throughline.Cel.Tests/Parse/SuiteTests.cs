using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;

namespace Throughline.Cel.Tests.Parse;

/// <summary>The expressions of the conformance suite: all are good syntax, those that fail do so later.</summary>
public sealed class SuiteTests
{
    private const int Expressions = 2456;

    [Fact]
    public void Parse_EveryExpressionOfTheSuite_Succeeds()
    {
        IReadOnlyList<SuiteExpression> all = SuiteExpressions.All();

        IEnumerable<string> failures = all.Select(x => (x.Name, Result: CelParser.Parse(x.Text, x.Options)))
            .Where(x => !x.Result.IsSuccess)
            .Select(x => $"{x.Name}: {x.Result.Issues[0]}");

        Assert.Equal(Expressions, all.Count);
        Assert.Empty(failures);
    }
}
