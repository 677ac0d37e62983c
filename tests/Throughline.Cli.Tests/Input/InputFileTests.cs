using System.IO.Compression;
using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input;

public sealed class InputFileTests
{
    private static byte[] Gzip(string text)
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }

    private static string ReadAll(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path));
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData("plain.gz")]
    [InlineData("plain.log")]
    public void Open_PlainFile_IsReadAsItIsWhateverItsName(string name)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder[name], "a line\n");

        Assert.Equal("a line\n", ReadAll(folder[name]));
    }

    [Fact]
    public void Open_GzipFile_IsUnpackedWhateverItsNameAllMembers()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["access.log"], [.. Gzip("first\n"), .. Gzip("second\n")]);

        Assert.Equal("first\nsecond\n", ReadAll(folder["access.log"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void Open_TinyFile_IsReadAsItIs(string content)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["tiny"], content);

        Assert.Equal(content, ReadAll(folder["tiny"]));
    }

    [Fact]
    public void Open_MissingFileOrFolder_NamesIt()
    {
        using var folder = new TempFolder();

        CommandException missing = Assert.Throws<CommandException>(() => InputFile.Open(folder["no.log"]));
        CommandException directory = Assert.Throws<CommandException>(() => InputFile.Open(folder.Path));

        Assert.Equal((ExitCode.BadInput, "file_missing"), (missing.ExitCode, missing.Code));
        Assert.Contains(folder["no.log"], missing.Message, StringComparison.Ordinal);
        Assert.Equal($"'{folder.Path}' is a folder, not a file.", directory.Message);
    }

    [Fact]
    public void Next_GzipCutShort_IsBadInputAndNotAnEnd()
    {
        using var folder = new TempFolder();
        byte[] whole = Gzip(string.Join('\n', Enumerable.Range(0, 20_000)));
        File.WriteAllBytes(folder["cut.gz"], whole[..(whole.Length / 2)]);
        using var input = new EventInput([folder["cut.gz"]], new EventLines());

        CommandException error = Assert.Throws<CommandException>(() =>
        {
            while (input.Next() is not null) { }
        });

        Assert.Equal("file_damaged", error.Code);
    }
}
