using System.Text;
using Throughline.Core.State;
using Throughline.Core.Tests.Tenant;

namespace Throughline.Core.Tests.State;

/// <summary>Names get numbers in order of first use, up to the table's limit.</summary>
public sealed class NameTableTests
{
    [Fact]
    public void Intern_KnownAndNewNames_CountsInOrderOfFirstUse()
    {
        NameTable table = new("names", 100);
        Assert.Equal(
            [0, 1, 0, 2],
            new[] { "a", "é", "a", "" }.Select(name => table.Intern(Encoding.UTF8.GetBytes(name)))
        );
        Assert.Equal(1, table.Find("é"u8));
        Assert.Equal(-1, table.Find("b"u8));
        Assert.Equal(("é", "é"), (table.Text(1), Encoding.UTF8.GetString(table.Utf8(1))));
    }

    [Fact]
    public void Intern_WhenFull_GivesTheSharedNumber()
    {
        NameTable table = new("names", 2);
        Assert.Equal(
            [0, 1, 2, 2, 1],
            new[] { "a", "b", "c", "d", "b" }.Select(name => table.Intern(Encoding.UTF8.GetBytes(name)))
        );
        Assert.Equal(("", 2), (table.Text(table.Full), table.Count));
        Assert.True(table.Utf8(table.Full).IsEmpty);
    }

    [Fact]
    public void Restore_OfAnImage_GivesTheSameNumbers()
    {
        NameTable table = new("names", 1000);
        for (int i = 0; i < 300; i++)
            table.Intern(Encoding.UTF8.GetBytes(new string('n', i) + i));
        ImageCopy image = new(new(0, 0, [table.Capture()]), () => table.Intern("later"u8));
        NameTable restored = new("names", 1000);
        restored.Restore(image.Source());
        Assert.Equal((300, 301), (restored.Count, table.Count));
        Assert.NotEqual(table.Hash(1), restored.Hash(1));
        Assert.Equal(300, restored.Intern("later"u8));
        Assert.Equal(table.Hash(1), restored.Hash(1));
    }
}
