using System.Text;
using Throughline.Storage.Files;
using Throughline.Storage.Keys;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Files;

/// <summary>Sealed files open whole, for their tenant and purpose alone, or not at all.</summary>
public sealed class SealedFileTests
{
    private const int Head = 24;
    private const int PartOfThree = 4 + ITenantKeys.SealedOverhead + 3;

    [Fact]
    public void Read_Written_GivesThePartsInOrder()
    {
        using TempFolder folder = new();
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder.Path, "alpha", TimeProvider.System);
        string path = Path.Combine(folder.Path, "x.sealed");
        Write(path, keys, "one ", "", "two");
        Assert.Equal("one two", Encoding.UTF8.GetString(SealedFile.Read(path, "test", keys)));
        Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf("two"u8) < 0);
        Assert.Single(Directory.EnumerateFiles(folder.Path, "x*"));
        Write(path, keys);
        Assert.Empty(SealedFile.Read(path, "test", keys));
    }

    [Fact]
    public void Read_AnyChange_IsRefused()
    {
        using TempFolder folder = new();
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder.Path, "alpha", TimeProvider.System);
        string path = Path.Combine(folder.Path, "x.sealed");
        Write(path, keys, "one", "two");
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 4;
            AssertRefused(path, keys, changed);
            AssertRefused(path, keys, whole[..i]);
        }
        AssertRefused(path, keys, [.. whole, 0]);
        const int second = Head + PartOfThree;
        const int end = second + PartOfThree;
        AssertRefused(path, keys, [.. whole[..Head], .. whole[second..end], .. whole[Head..second], .. whole[end..]]);
        AssertRefused(path, keys, [.. whole[..Head], .. whole[second..]]);
        AssertRefused(path, keys, [.. whole[..second], .. whole[end..]]);
        File.WriteAllBytes(path, whole);
        Assert.Equal("onetwo", Encoding.UTF8.GetString(SealedFile.Read(path, "test", keys)));
    }

    [Fact]
    public void Read_OtherTenantPurposeOrFilesPart_IsRefused()
    {
        using TempFolder folder = new();
        using TempFolder other = new();
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder.Path, "alpha", TimeProvider.System);
        using ITenantKeys others = KeyFile.OpenOrCreate(other.Path, "beta", TimeProvider.System);
        string path = Path.Combine(folder.Path, "x.sealed");
        Write(path, keys, "one", "two");
        Assert.Throws<StoreDamagedException>(() => SealedFile.Read(path, "test", others));
        Assert.Throws<StoreDamagedException>(() => SealedFile.Read(path, "another", keys));
        byte[] first = File.ReadAllBytes(path);
        Write(path, keys, "ONE", "TWO");
        byte[] again = File.ReadAllBytes(path);
        AssertRefused(path, keys, [.. again[..(Head + PartOfThree)], .. first[(Head + PartOfThree)..]]);
    }

    [Fact]
    public void Dispose_NotPublished_LeavesTheFileBefore()
    {
        using TempFolder folder = new();
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder.Path, "alpha", TimeProvider.System);
        string path = Path.Combine(folder.Path, "x.sealed");
        Write(path, keys, "one");
        using (SealedFile file = new(path, "test", keys))
            file.Add("two"u8);
        Assert.Equal("one", Encoding.UTF8.GetString(SealedFile.Read(path, "test", keys)));
        Assert.Single(Directory.EnumerateFiles(folder.Path, "x*"));
    }

    private static void AssertRefused(string path, ITenantKeys keys, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        Assert.Throws<StoreDamagedException>(() => SealedFile.Read(path, "test", keys));
    }

    private static void Write(string path, ITenantKeys keys, params string[] parts)
    {
        using SealedFile file = new(path, "test", keys);
        foreach (string part in parts)
            file.Add(Encoding.UTF8.GetBytes(part));
        file.Publish();
    }
}
