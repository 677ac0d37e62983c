using Throughline.Cel.Regex;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Regex;

/// <summary>What a compiled pattern holds of the heap, once its automaton has met a text.</summary>
[Collection(nameof(Alone))]
public sealed class Re2MemoryTests
{
    private const string UserAgent =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36";

    [Fact]
    public void TryCreate_TypicalPattern_HoldsFewBytes()
    {
        const int Count = 200;

        long bytes = ActionCost.HeldBytes(() => Enumerable.Range(0, Count).Select(_ => Met()).ToArray()) / Count;

        Assert.InRange(bytes, 1_000, 50_000); // it is about 5,000
    }

    private static Re2 Met()
    {
        Re2 regex = Re2MatchTests.Create("(bot|crawl|spider|[Hh]eadless)[A-Za-z]*/[0-9]+");
        Assert.True(regex.IsMatch(UserAgent));
        return regex;
    }
}
