using Throughline.Core.State;
using Throughline.Storage.Pages;
using Throughline.Testing;

namespace Throughline.Core.Tests.State;

/// <summary>Pages that arrays, forks and images share, over every source: who changes what, and when a page goes back.</summary>
public sealed class SharedPageTests
{
    private const int PageRows = IPageSource.PageBytes / sizeof(long);

    [Theory]
    [InlineData(null)]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void RandomForksAndImages_OfArraysThatGoOn_AreAsListsAreAndGiveAllBack(StatePages? kind)
    {
        Random random = Seeds.Random();
        using TestPages pages = new(kind);
        List<(PagedArray<long> Array, List<long> Model)> arrays = [(New(pages.Source), [])];
        List<(StateSection Section, long[] Then)> images = [];
        for (int step = 0; step < 3_000; step++)
        {
            (PagedArray<long> array, List<long> model) = arrays[random.Next(arrays.Count)];
            int kindOfStep = random.Next(100);
            if (kindOfStep < 60)
                for (int i = random.Next(PageRows / 4); i >= 0; i--)
                    Append(array, model, random.NextInt64());
            else if (kindOfStep < 90)
                for (int i = 0; i < 20 && model.Count > 0; i++)
                    Change(array, model, random.Next(model.Count), random.NextInt64());
            else if (kindOfStep < 94 && arrays.Count < 5)
            {
                PagedArray<long> fork = New(pages.Source);
                fork.Share(array);
                arrays.Add((fork, [.. model]));
            }
            else if (kindOfStep < 96 && arrays.Count > 1)
            {
                arrays.Remove((array, model));
                Assert.Equal(model, Rows(array));
                array.Release();
            }
            else if (images.Count < 5)
                images.Add((array.Capture(), [.. model]));
            else
            {
                int which = random.Next(images.Count);
                Check(images[which]);
                images.RemoveAt(which);
            }
        }
        images.ForEach(Check);
        foreach ((PagedArray<long> array, List<long> model) in arrays)
        {
            Assert.Equal(model, Rows(array));
            array.Release();
        }
        Assert.Equal(0, pages.Used);
    }

    [Theory]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void WriteLast_PageByPage_GivesBackWhatIsWritten(StatePages kind)
    {
        using TestPages pages = new(kind);
        PagedArray<long> array = New(pages.Source);
        List<long> model = [];
        for (int i = 0; i < 8 * PageRows; i++)
            Append(array, model, i);
        StateSection image = array.Capture();
        long[] then = [.. model];
        List<long> used = [];
        using WatchedStream stream = new(page =>
        {
            if (page == 2)
                Change(array, model, PageRows, -1); // written: changed in place
            else if (page == 4)
                Change(array, model, 5 * PageRows, -1); // not yet: a copy
            used.Add(pages.Used);
        });
        image.WriteLast(stream);
        Assert.Equal([8, 8, 8, 8, 9, 9, 8, 8], used);
        Assert.Equal(8, pages.Used);
        Assert.Equal(then, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(stream.ToArray()).ToArray());
        Assert.Equal(model, Rows(array));
        image.Held!.Dispose();
        array.Release();
        Assert.Equal(0, pages.Used);
    }

    [Theory]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void Mutable_OnceTheImageIsWritten_CopiesNoPage(StatePages kind)
    {
        using TestPages pages = new(kind);
        PagedArray<long> array = New(pages.Source);
        List<long> model = [];
        for (int i = 0; i < 4 * PageRows; i++)
            Append(array, model, i);
        Assert.Equal(4, pages.Used);

        StateSection image = array.Capture();
        Change(array, model, 0, -1);
        Change(array, model, 1, -1);
        Assert.Equal(5, pages.Used); // the page as it was, too
        image.Held!.Dispose();
        Assert.Equal(4, pages.Used);
        long reserved = pages.Reserved;
        for (int page = 0; page < 4; page++)
            Change(array, model, page * PageRows, -2);
        Assert.Equal(4, pages.Used);
        Assert.Equal(reserved, pages.Reserved);
        Assert.Equal(model, Rows(array));
    }

    [Fact]
    public void Add_WithoutRoom_SaysSoAndKeepsTheRows()
    {
        using TempFolder folder = new();
        using MappedPages pages = MappedPages.Create(folder.Path, bytesMax: 1 << 20);
        PagedArray<long> array = New(pages);
        List<long> model = [];
        IOException full = Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 17 * PageRows; i++)
                Append(array, model, i);
        });
        Assert.Contains("may not become larger than 1048576", full.Message, StringComparison.Ordinal);
        Assert.Equal(16 * PageRows, array.Count);
        Assert.Equal(model, Rows(array));
    }

    private static void Append(PagedArray<long> array, List<long> model, long value)
    {
        array.Add(value);
        model.Add(value);
    }

    private static void Change(PagedArray<long> array, List<long> model, int row, long value)
    {
        array.Mutable(row) = value;
        model[row] = value;
    }

    private static void Check((StateSection Section, long[] Then) image)
    {
        using MemoryStream stream = new();
        image.Section.WriteLast(stream);
        Assert.Equal(
            image.Then,
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(stream.ToArray()).ToArray()
        );
        image.Section.Held?.Dispose();
    }

    private static long[] Rows(PagedArray<long> array)
    {
        long[] rows = new long[array.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = array[i];
        return rows;
    }

    private static PagedArray<long> New(IPageSource? source)
    {
        PagedArray<long> array = new("test");
        array.Use(source);
        return array;
    }

    /// <summary>Tells of each page before it takes it.</summary>
    private sealed class WatchedStream(Action<int> page) : MemoryStream
    {
        private int pages;

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            page(pages++);
            base.Write(bytes);
        }
    }
}
