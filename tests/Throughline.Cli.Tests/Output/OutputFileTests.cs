using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Output;

public sealed class OutputFileTests
{
    [Theory]
    [InlineData("in.csv")]
    [InlineData("./sub/../in.csv")]
    [InlineData("link.csv")] // to the file
    [InlineData("folder/in.csv")] // a link to the folder
    [InlineData("new.csv")] // that another option names, too
    public void RefuseOneOf_AnotherFileOfTheCommand_IsRefusedByWhateverName(string name)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["in.csv"], "x");
        File.CreateSymbolicLink(folder["link.csv"], "in.csv");
        Directory.CreateSymbolicLink(folder["folder"], folder.Path);

        CommandException refused = Assert.Throws<CommandException>(() =>
            OutputFile.RefuseOneOf(folder[name], "--out", "-", null, folder["in.csv"], folder["new.csv"])
        );

        Assert.Equal("out_is_input", refused.Code);
        Assert.Contains("--out", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefuseOneOf_OtherFilesAndDevices_AreLetThrough()
    {
        using TempFolder folder = new();
        File.CreateSymbolicLink(folder["circle"], "circle");

        OutputFile.RefuseOneOf(null, "--out", folder["in.csv"]);
        OutputFile.RefuseOneOf(folder["out.csv"], "--out", folder["in.csv"], folder["circle"]);
        OutputFile.RefuseOneOf("/dev/null", "--out", "/dev/null"); // takes from as many as write
    }

    [Fact]
    public void IsReplaced_FilesAreAndDevicesAreNot()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["full"], "x");
        File.WriteAllText(folder["empty"], "");

        Assert.True(OutputFile.IsReplaced(folder["new"]));
        Assert.True(OutputFile.IsReplaced(folder["full"]));
        Assert.False(OutputFile.IsReplaced(folder["empty"]));
        Assert.False(OutputFile.IsReplaced("/dev/null")); // a file would take its place
    }
}
