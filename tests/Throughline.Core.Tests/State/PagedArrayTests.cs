using System.Runtime.InteropServices;
using Throughline.Core.State;
using Throughline.Storage.Pages;
using Throughline.Testing;

namespace Throughline.Core.Tests.State;

/// <summary>Paged arrays against a list, over either source of pages: growth, images taken while the writer goes on, restore.</summary>
public sealed class PagedArrayTests
{
    public static TheoryData<StatePages?> Sources =>
        [(StatePages?)null, (StatePages?)StatePages.Memory, (StatePages?)StatePages.Mapped];

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Odd
    {
        public long A;
        public int B;
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Add_OverManyPages_KeepsEveryRow(StatePages? kind)
    {
        using TestPages pages = new(kind);
        PagedArray<Odd> array = New<Odd>(pages.Source);
        for (int i = 0; i < 50_000; i++)
            Assert.Equal(i, array.Add(new() { A = i, B = -i }));
        Assert.Equal(50_000, array.Count);
        for (int i = 0; i < 50_000; i++)
            Assert.Equal((i, -i), ((int)array[i].A, array[i].B));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Capture_WhileTheWriterGoesOn_GivesTheMomentOfTheCapture(StatePages? kind)
    {
        using TestPages pages = new(kind);
        Random random = Seeds.Random();
        PagedArray<long> array = New<long>(pages.Source);
        List<long> model = [];
        List<(StateSection Section, long[] Then)> images = [];
        for (int step = 0; step < 120_000; step++)
        {
            if (model.Count == 0 || random.Next(3) == 0)
            {
                long value = random.NextInt64();
                model.Add(value);
                array.Add(value);
            }
            else
            {
                int row = random.Next(model.Count);
                long value = random.NextInt64();
                model[row] = value;
                array.Mutable(row) = value;
            }
            if (random.Next(6000) == 0)
                images.Add((array.Capture(), [.. model]));
        }
        Assert.NotEmpty(images);
        foreach ((StateSection section, long[] then) in images)
            Assert.Equal(then, Read(section));
        Assert.Equal(model, Read(array.Capture()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(40_000)]
    public void Restore_OfAnImage_GivesEqualRowsThatCanGrowAndChange(int count)
    {
        using TestPages mapped = new(StatePages.Mapped);
        PagedArray<long> array = new("longs");
        for (int i = 0; i < count; i++)
            array.Add(i * 3L);
        PagedArray<long> restored = Restore(array.Capture(), mapped.Source);
        Assert.Equal(count, restored.Count);
        Assert.Equal(array.Hash(1), restored.Hash(1));
        for (int i = 0; i < 20; i++)
            Assert.Equal(array.Add(i), restored.Add(i));
        array.Mutable(count / 2) = 7;
        restored.Mutable(count / 2) = 7;
        Assert.Equal(array.Hash(1), restored.Hash(1));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Hash_OfAChangedRow_IsAnother(StatePages? kind)
    {
        using TestPages pages = new(kind);
        PagedArray<long> array = New<long>(pages.Source);
        for (int i = 0; i < 20_000; i++)
            array.Add(i);
        ulong before = array.Hash(0);
        array.Mutable(12_345)++;
        Assert.NotEqual(before, array.Hash(0));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Restore_OfATornSection_Throws(StatePages? kind)
    {
        using TestPages pages = new(kind);
        Assert.Throws<InvalidDataException>(() => New<long>(pages.Source).Restore(new MemoryStream(new byte[9]), 9));
        Assert.Throws<EndOfStreamException>(() => New<long>(pages.Source).Restore(new MemoryStream(new byte[8]), 16));
    }

    private static long[] Read(StateSection section)
    {
        using MemoryStream stream = new();
        section.CopyTo(stream);
        Assert.Equal(section.Length, stream.Length);
        return MemoryMarshal.Cast<byte, long>(stream.ToArray()).ToArray();
    }

    private static PagedArray<long> Restore(StateSection section, IPageSource? source)
    {
        using MemoryStream stream = new();
        section.CopyTo(stream);
        stream.Position = 0;
        PagedArray<long> restored = New<long>(source);
        restored.Restore(stream, section.Length);
        return restored;
    }

    private static PagedArray<T> New<T>(IPageSource? source)
        where T : unmanaged
    {
        PagedArray<T> array = new("test");
        array.Use(source);
        return array;
    }
}
