using System.Text.Json.Nodes;
using Throughline.Core.Events;
using Throughline.Storage.Keys;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Keys;

public sealed class KeyFileTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OpenOrCreate_Twice_GivesTheSameTokens()
    {
        Token first;
        using (ITenantKeys keys = KeyFile.OpenOrCreate(folder.Path, "demo", clock))
            first = keys.Tokenise("email", "a@example.com"u8);
        using ITenantKeys again = KeyFile.OpenOrCreate(folder.Path, "demo", clock);
        Assert.Equal(first, again.Tokenise("email", "a@example.com"u8));
        Assert.Equal(1, again.KeyVersion);
    }

    [Fact]
    public void OpenOrCreate_NewFile_IsReadableByItsOwnerAlone()
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["tenant.key"]));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Open_OthersMayUseTheFile_IsRefused(UnixFileMode also)
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        File.SetUnixFileMode(folder["tenant.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite | also);
        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.OpenOrCreate(folder.Path, "demo", clock));
        Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherTenantsFile_IsRefused()
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Open(folder.Path, "other", clock));
        Assert.Contains("demo", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"form":2,"tenant":"demo","keyVersion":1,"secret":"SECRET"}""")]
    [InlineData("""{"form":1,"tenant":"demo","keyVersion":0,"secret":"SECRET"}""")]
    [InlineData("""{"form":1,"tenant":"demo","keyVersion":1,"secret":"SECRET"}""")]
    [InlineData("""{"form":1,"tenant":"demo","keyVersion":1,"secret":"SECRET" x}""")]
    public void Open_DamagedFile_IsRefusedWithoutItsSecret(string text)
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        File.WriteAllText(folder["tenant.key"], text);
        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Open(folder.Path, "demo", clock));
        Assert.DoesNotContain("SECRET", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder["tenant.key"]));
    }

    [Fact]
    public void Open_SegmentFileMissing_IsRefused()
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        File.Delete(folder["tenant.segment"]);
        KeyFileException e = Assert.Throws<KeyFileException>(() => KeyFile.Open(folder.Path, "demo", clock));
        Assert.Equal(folder["tenant.segment"], e.File);
    }

    [Fact]
    public void Reserve_ClockSetBack_StillGivesANewNumber()
    {
        string path = folder["s"];
        NonceSegments.Create(path);
        uint first = NonceSegments.Reserve(path, clock);
        FakeTimeProvider earlier = new(clock.GetUtcNow().AddDays(-300));
        Assert.Equal(first + 1, NonceSegments.Reserve(path, earlier));
    }

    [Fact]
    public void Reserve_FileRestoredFromABackup_GivesANewNumberAllTheSame()
    {
        string path = folder["s"];
        NonceSegments.Create(path);
        NonceSegments.Reserve(path, clock);
        byte[] backup = File.ReadAllBytes(path);
        HashSet<uint> used = [];
        for (int start = 0; start < 10; start++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.True(used.Add(NonceSegments.Reserve(path, clock)));
        }
        clock.Advance(TimeSpan.FromMinutes(1));
        File.WriteAllBytes(path, backup);
        Assert.DoesNotContain(NonceSegments.Reserve(path, clock), used);
    }

    [Fact]
    public void Open_CrashAtAnyStepOfReserving_NeverGivesANumberTwice()
    {
        // A crash leaves the old file, with or without a draft of the new one; the number may have been in use only if
        // the new file has its name.
        string path = folder["s"];
        NonceSegments.Create(path);
        uint used = NonceSegments.Reserve(path, clock);
        File.WriteAllText(path + ".tmp", "7");
        uint next = NonceSegments.Reserve(path, clock);
        Assert.True(next > used);
    }

    [Fact]
    public void Create_File_HasASecretOf256Bits()
    {
        KeyFile.OpenOrCreate(folder.Path, "demo", clock).Dispose();
        JsonNode json = JsonNode.Parse(File.ReadAllBytes(folder["tenant.key"]))!;
        Assert.Equal(32, Convert.FromBase64String((string)json["secret"]!).Length);
        Assert.Equal("demo", (string)json["tenant"]!);
    }
}
