using System.Diagnostics;
using System.Text;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>Hostile texts: no crash, no hang, no more memory than the length of the text explains.</summary>
public sealed class ParserFuzzTests
{
    private const int Length = 65_536;
    private const long MaxBytes = 50_000_000;
    private const int LeastTexts = 1_000; // however busy the machine is
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    [Fact]
    public void Parse_MutationsOfTheSuite_NeverCrashHangOrSwell()
    {
        TextMutator mutator = new([.. SuiteExpressions.All().Select(x => x.Text)], Seeds.Random(), Length);
        var time = Stopwatch.StartNew();
        TimeSpan budget = TimeSpan.FromSeconds(LongTests.Rounds(3, 60));
        int good = 0;
        int wrong = 0;
        while (time.Elapsed < budget || good + wrong < LeastTexts)
        {
            if (ParseWithin(mutator.Next()))
                good++;
            else
                wrong++;
        }

        // A mutator that breaks everything, or nothing, would test half of the parser.
        Assert.InRange(good, 50, int.MaxValue);
        Assert.InRange(wrong, 50, int.MaxValue);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("T{a:")]
    [InlineData("f(")]
    [InlineData("a.f(")]
    [InlineData("a[")]
    [InlineData("a.")]
    [InlineData("a.?")]
    [InlineData("a[0]", "[0]")]
    [InlineData("a", ".b")]
    [InlineData("a", ".b()")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("-!")]
    [InlineData("a+")]
    [InlineData("a<")]
    [InlineData("a&&")]
    [InlineData("a||")]
    [InlineData("a||b&&")]
    [InlineData("a", "||a")]
    [InlineData("a", "&&a")]
    [InlineData("a?b:")]
    [InlineData("a?")]
    [InlineData("[", "0,")]
    [InlineData("[{", "'':0,")]
    [InlineData("f(", "a,")]
    [InlineData("x.map(v,")]
    [InlineData("x", ".map(v,v)")]
    [InlineData("x", ".optMap(v,v)")]
    [InlineData("cel.bind(a,b,")]
    [InlineData("cel.block([", "a,")]
    [InlineData("proto.getExt(a,b", ".c")]
    [InlineData("has(a", ".b")]
    [InlineData("'")]
    [InlineData("'''")]
    [InlineData("'", "\\n")]
    [InlineData("b'", "\\xff")]
    [InlineData("'\\q'+")]
    [InlineData("1")]
    [InlineData("1.", "1")]
    [InlineData("0x", "f")]
    [InlineData("a.`", "b")]
    [InlineData("//")]
    [InlineData("", "\n")]
    [InlineData("", "\0")]
    public void Parse_OnePieceRepeated_NeverCrashesHangsOrSwells(string piece, string? repeated = null)
    {
        repeated ??= piece;
        StringBuilder text = new(piece);
        while (text.Length + repeated.Length <= Length)
            text.Append(repeated);

        ParseWithin(text.ToString());
        foreach (string end in (string[])["]", "a", "a]", "0}]", "a)", "'", "],a)", ")"])
            ParseWithin(text.ToString()[..^end.Length] + end);
    }

    // A depth limit that the stack cannot hold, on a thread with a small one.
    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("f(")]
    [InlineData("a?b:")]
    [InlineData("x.all(v,")]
    public void Parse_DeeperThanTheStack_IsAnIssue(string piece)
    {
        ParserOptions options = new() { MaxDepth = int.MaxValue };
        string text = string.Concat(Enumerable.Repeat(piece, Length / piece.Length));
        ParseResult? result = null;

        Thread small = new(() => result = CelParser.Parse(text, options), maxStackSize: 256 * 1024);
        small.Start();
        small.Join();

        Assert.StartsWith("nested more than", Assert.Single(result!.Issues).Message, StringComparison.Ordinal);
    }

    // Good texts must print to texts that parse to the same tree; of the others the message must point into the text.
    private static bool ParseWithin(string text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ParseResult result = null!;
        TimeSpan time = ActionCost.ProcessorTime(() => result = CelParser.Parse(text));
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(time < MaxTime, $"{time} for {Shown(text)}");
        Assert.True(bytes < MaxBytes, $"{bytes} bytes for {Shown(text)}");
        Assert.All(result.Issues, issue => Assert.InRange(issue.Position, 0, text.Length));
        Assert.NotEqual(result.IsSuccess, result.Issues.Count > 0);
        if (!result.IsSuccess)
            return false;

        ParseResult again = CelParser.Parse(
            CelPrinter.Print(result.Expr),
            new ParserOptions { MaxLength = 8 * Length }
        );
        Assert.True(again.IsSuccess, Shown(text));
        Assert.True(ExprShape.Of(result.Expr.Root) == ExprShape.Of(again.Expr.Root), Shown(text));
        return true;
    }

    private static string Shown(string text) => text.Length <= 500 ? text : $"{text[..250]} ... {text[^250..]}";
}
