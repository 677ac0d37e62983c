using Throughline.Core.State;
using Throughline.Storage.Pages;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Pages;

/// <summary>Who holds which page, over either source.</summary>
public sealed unsafe class PagePoolTests
{
    private const int PageWords = IPageSource.PageBytes / sizeof(long);

    [Theory]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void RandomHolders_EachPage_KeepsItsContentAsLongAsAnyHoldsIt(StatePages kind)
    {
        Random random = Seeds.Random();
        using TestPages pages = new(kind);
        List<(IPageHold Hold, Dictionary<nint, long> Stamps)> holders = [];
        long stamp = 0;
        for (int step = 0; step < 20_000; step++)
        {
            if (holders.Count == 0 || (holders.Count < 6 && random.Next(200) == 0))
                holders.Add((pages.Source!.Hold(), []));
            (IPageHold hold, Dictionary<nint, long> stamps) = holders[random.Next(holders.Count)];
            int what = random.Next(100);
            if (what < 50)
            {
                nint page = hold.Take();
                Assert.All(holders, holder => Assert.DoesNotContain(page, holder.Stamps.Keys));
                stamps.Add(page, ++stamp);
                ((long*)page)[0] = stamp;
                ((long*)page)[PageWords - 1] = ~stamp;
            }
            else if (what < 95 && stamps.Count > 0)
            {
                (nint page, long expected) = stamps.ElementAt(random.Next(stamps.Count));
                Assert.Equal((expected, ~expected), (((long*)page)[0], ((long*)page)[PageWords - 1]));
                Assert.Equal(holders.Count(holder => holder.Stamps.ContainsKey(page)) > 1, hold.IsShared(page));
                hold.Drop(page);
                stamps.Remove(page);
            }
            else if (what < 97 && holders.Count < 6)
                holders.Add((hold.Share(), new(stamps)));
            else if (what == 99)
            {
                hold.Dispose();
                holders.Remove((hold, stamps));
            }
            long held = holders.SelectMany(holder => holder.Stamps.Keys).Distinct().LongCount();
            Assert.Equal(held, pages.Used);
            Assert.InRange(pages.Used, 0, pages.Reserved);
        }
        Assert.True(stamp > 2_000, $"{stamp} pages");
        holders.ForEach(holder => holder.Hold.Dispose());
        Assert.Equal(0, pages.Used);
    }

    [Fact]
    public void Take_AfterOthersGaveUp_AsksForNothingMore()
    {
        MemoryPages pages = new();
        using IPageHold hold = pages.Hold();
        List<nint> taken = [.. Enumerable.Range(0, 100).Select(_ => hold.Take())];
        long reserved = pages.ReservedBytes;
        using (IPageHold image = hold.Share())
        {
            foreach (nint page in taken)
                hold.Drop(page);
            Assert.Equal(100 * IPageSource.PageBytes, pages.UsedBytes);
        }
        Assert.Equal(0, pages.UsedBytes);
        Assert.Equivalent(taken, Enumerable.Range(0, 100).Select(_ => hold.Take()).ToList());
        Assert.Equal(reserved, pages.ReservedBytes);
    }
}
