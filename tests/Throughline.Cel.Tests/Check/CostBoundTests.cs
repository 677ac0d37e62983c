using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Check;

/// <summary>No evaluation costs more than its estimate, whatever functions the expression is made of.</summary>
public sealed class CostBoundTests
{
    private static readonly SizeHints Hints = new(
        new Dictionary<string, SizeRange>
        {
            ["text"] = SizeRange.UpTo(8),
            ["data"] = SizeRange.UpTo(6),
            ["texts"] = SizeRange.UpTo(4),
            ["texts.@items"] = SizeRange.UpTo(5),
            ["ints"] = SizeRange.UpTo(5),
            ["lists"] = SizeRange.UpTo(3),
            ["lists.@items"] = SizeRange.UpTo(3),
            ["lists.@items.@items"] = SizeRange.UpTo(5),
            ["map"] = SizeRange.UpTo(3),
            ["map.@keys"] = SizeRange.UpTo(2),
            ["map.@values"] = SizeRange.UpTo(6),
            ["any"] = SizeRange.UpTo(4),
        }
    );

    [Fact]
    public void Of_RandomExpressions_IsNeverBelowWhatTheyCost()
    {
        Random random = Seeds.Random();
        LibraryExpressions expressions = new(random);
        CelEnvironment environment = Evaluating.Environment with { Variables = expressions.Variables };
        string[] overloads = [.. LibraryExpressions.Overloads];
        HashSet<string> used = [];
        int evaluated = 0;
        int tight = 0;
        for (int i = 0; i < 12_000; i++)
        {
            // Every overload in turn, every second time.
            string text = i % 2 == 0 ? expressions.Call(overloads[i / 2 % overloads.Length], 3) : expressions.Any(4);
            if (CelParser.Parse(text) is not { IsSuccess: true } parsed)
                continue;
            if (CelChecker.Check(parsed.Expr, environment) is not { IsSuccess: true } result)
                continue;
            CostEstimate estimate = CostEstimate.Of(result.Checked, environment, Hints);
            Evaluation evaluation = CelProgram.Create(result.Checked, environment).Trace(Input(random), 10_000_000);

            Assert.True(evaluation.Cost <= estimate.Max, $"{text}\ncosts {evaluation.Cost}, estimated {estimate}");
            bool failed = evaluation.Values.Values.Any(x => x.IsFault);
            Assert.True(failed || evaluation.Cost >= estimate.Min, $"{text}\ncosts {evaluation.Cost}, {estimate}");
            evaluated += evaluation.Value.IsFault ? 0 : 1;
            tight += estimate.Max < 1_000_000 ? 1 : 0;
            used.UnionWith(result.Checked.References.Values.SelectMany(x => x.Overloads));
        }

        Assert.True(evaluated > 5_000, $"only {evaluated} expressions had a value");
        // An estimate that is always huge would be sound, and worth nothing.
        Assert.True(tight > 6_000, $"only {tight} estimates say something");
        Assert.Empty(overloads.Except(used));
    }

    [Theory]
    [InlineData("text.replace('a', text).replace('b', text).contains(text)", 3_000)]
    [InlineData("texts.map(x, x + '!').join(', ').split(',').exists(x, x.matches('a+'))", 10_000)]
    [InlineData("ints.sortBy(x, -x).map(x, string(x)).join().size()", 1_000)]
    [InlineData("lists.flatten().distinct().all(x, x.startsWith('a'))", 500)]
    [InlineData("'%s: %d'.format([text, number]).contains('a')", 500)]
    [InlineData("regex.extractAll(text, 'a|b').all(x, x == 'a')", 300)]
    [InlineData("map.transformMap(k, v, v.upperAscii()).exists(k, k == 'A')", 500)]
    [InlineData("map.a.contains('x')", 10)]
    [InlineData("map.?a.orValue('abc').contains('x')", 10)]
    [InlineData("base64.encode(data).lowerAscii().contains('x')", 20)]
    public void Of_FunctionsOfTheLibraries_KnowsTheSizeOfTheirResults(string text, int most)
    {
        CelEnvironment environment = Evaluating.Environment with
        {
            Variables = new LibraryExpressions(new(1)).Variables,
        };

        CostEstimate estimate = CostEstimate.Of(TestChecks.Checked(text, environment), environment, Hints);

        Assert.InRange(estimate.Max, 1ul, (ulong)most);
    }

    [Theory]
    [InlineData("(number > 0 ? {'a': 'b'} : any).a.contains('x')")]
    [InlineData("any.exists(k, v, k.contains('x'))")]
    [InlineData("any.exists(k, k.contains('x'))")]
    [InlineData("any[0].contains('x')")]
    [InlineData("any.flatten(2).size() > 0 && any.flatten(1)[0].contains('x')")]
    [InlineData("'%s'.format([any]).contains('x')")]
    public void Of_WhatIsNotKnown_MayBeAsLargeAsAnything(string text)
    {
        CelEnvironment environment = Evaluating.Environment with
        {
            Variables = new LibraryExpressions(new(1)).Variables,
        };

        CostEstimate estimate = CostEstimate.Of(TestChecks.Checked(text, environment), environment, Hints);

        Assert.True(estimate.Max > 100_000_000, $"{estimate}");
    }

    private static readonly string[] Letters = ["a", "b", ",", " ", "1", "\\", "\U0001F600"];

    // Within the hints, and often at their ends.
    private static IActivation Input(Random random)
    {
        return Activation.Of(
            new Dictionary<string, object?>
            {
                ["text"] = Text(8),
                ["data"] = new byte[random.Next(7)],
                ["number"] = (long)random.Next(-2, 5),
                ["texts"] = Texts(4),
                ["ints"] = Enumerable.Range(0, random.Next(6)).Select(_ => (long)random.Next(10)).ToArray(),
                ["lists"] = Enumerable.Range(0, random.Next(4)).Select(_ => Texts(3)).ToArray(),
                ["map"] = new[] { "a", "bb", "" }.Take(random.Next(4)).ToDictionary(x => x, _ => Text(6)),
                ["any"] = random.Next(3) switch
                {
                    0 => Text(4),
                    1 => Texts(4).Cast<object>().Append(1L).Take(4).ToArray(),
                    _ => (object)new Dictionary<string, object?> { ["a"] = Text(60), ["b"] = Texts(9) },
                },
            }
        );

        string Text(int most) =>
            string.Concat(
                Enumerable
                    .Range(0, random.Next(2) == 0 ? most : random.Next(most + 1))
                    .Select(_ => Letters[random.Next(Letters.Length)])
            );

        string[] Texts(int most) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => Text(5))];
    }
}
