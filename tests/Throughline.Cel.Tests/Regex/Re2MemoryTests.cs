using Throughline.Cel.Regex;

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
        Re2[] kept = new Re2[200];
        Fill(1); // what all patterns share
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(kept.Length);
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / kept.Length;
        GC.KeepAlive(kept);

        Assert.InRange(bytes, 1_000, 50_000); // it is about 5,000

        void Fill(int count)
        {
            for (int i = 0; i < count; i++)
            {
                kept[i] = Re2MatchTests.Create("(bot|crawl|spider|[Hh]eadless)[A-Za-z]*/[0-9]+");
                Assert.True(kept[i].IsMatch(UserAgent));
            }
        }
    }
}
