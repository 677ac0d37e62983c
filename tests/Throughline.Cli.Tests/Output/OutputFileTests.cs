using Throughline.Cli.Output;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Output;

public sealed class OutputFileTests
{
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
