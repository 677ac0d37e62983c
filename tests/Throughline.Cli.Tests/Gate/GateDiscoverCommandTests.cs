using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

public sealed class GateDiscoverCommandTests
{
    [Fact]
    public async Task Discover_RealLog_ProposesRulesThatCheckAndNameWhatTheyHit()
    {
        string log = SharedData.Require("gate/access-log/apache_logs");
        using TempFolder folder = new();

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "discover",
            log,
            "--ignore",
            "all",
            "--out",
            folder["found.yaml"],
            "--json"
        );

        Assert.Equal(0, run.Exit);
        JsonElement json = run.Json();
        Assert.Equal(9_999, json.GetProperty("requests").GetInt64());
        Assert.Equal(0, json.GetProperty("flaggedRequests").GetInt64());
        Assert.Contains(
            "http://semicomplete.com/",
            json.GetProperty("ownOrigins").EnumerateArray().Select(x => x.GetString())
        );
        JsonElement[] proposals = [.. json.GetProperty("proposals").EnumerateArray()];
        Assert.InRange(proposals.Length, 1, 10);
        Assert.All(proposals, x => Assert.True(x.GetProperty("heldOut").GetProperty("precision").GetDouble() >= 0.95));
        Assert.All(proposals, x => Assert.NotEqual(0, x.GetProperty("samples").GetArrayLength()));
        CommandRun check = await CommandRun.OfAsync("gate", "test", folder["found.yaml"], "--json");
        Assert.Equal(0, check.Exit);
    }

    [Fact]
    public async Task Discover_LogOfOneLine_SaysWhyNothingIsProposed()
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["log"], ["192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET /b HTTP/1.1\" 200 1"]);

        CommandRun run = await CommandRun.OfAsync("gate", "discover", folder["log"], "--json");

        Assert.Equal(0, run.Exit);
        Assert.Contains("within one hour", run.Json().GetProperty("why").GetString());
        Assert.Equal(0, run.Json().GetProperty("proposals").GetArrayLength());
    }

    [Fact]
    public async Task Discover_UnknownRuleIgnored_IsRefused()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["log"], "");

        CommandRun run = await CommandRun.OfAsync("gate", "discover", folder["log"], "--ignore", "no-such", "--json");

        Assert.Equal((int)ExitCode.Usage, run.Exit);
        Assert.Contains("no-such", run.Stderr);
    }
}
