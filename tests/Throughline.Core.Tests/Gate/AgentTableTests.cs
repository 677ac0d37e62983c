using Throughline.Core.Gate;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate;

/// <summary>What user agents say of themselves: known ones by name, and shares over real ones.</summary>
public sealed class AgentTableTests
{
    [Theory]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        AgentClasses.Browser
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
        AgentClasses.Browser
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ShopApp/7.1",
        AgentClasses.Browser
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 11; X5) AppleWebKit/537.36 Chrome/88.0 Mobile Safari/537.36 (Ecosia android@88.0)",
        AgentClasses.Browser
    )]
    [InlineData("Lynx/2.8.9rel.1 libwww-FM/2.14", AgentClasses.Bot)]
    [InlineData("w3m/0.5.3", AgentClasses.Browser)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", AgentClasses.GoodBot)]
    [InlineData("curl/8.5.0", AgentClasses.Bot)]
    [InlineData("CURL/8.5.0", AgentClasses.Bot)]
    [InlineData("Thing/1.0", AgentClasses.Bot)]
    [InlineData("Mozilla/5.0 (compatible; thing)", AgentClasses.Bot)]
    [InlineData("Thing/1.0 (X11; help us: ops@example.org)", AgentClasses.Bot)]
    [InlineData("shop/7.1 (Android 14; Pixel 8)", AgentClasses.Other)]
    [InlineData("both robotics (Android 14)", AgentClasses.Other)]
    [InlineData("FooBots (Android 14)", AgentClasses.Bot)]
    [InlineData("", AgentClasses.Missing)]
    [InlineData(" - ", AgentClasses.Missing)]
    public void Classify_KnownAgent_GivesItsClass(string agent, AgentClasses expected)
    {
        Assert.Equal(expected, AgentTable.Classify(agent));
        AgentTable table = new();
        Assert.Equal(expected, table.Classify(System.Text.Encoding.UTF8.GetBytes(agent)));
        Assert.Equal(expected, table.Classify(System.Text.Encoding.UTF8.GetBytes(agent))); // remembered
    }

    [Fact]
    public void Classify_RealCrawlers_RecognisesAtLeast99Percent() =>
        Assert.InRange(ShareOfBots("gate/user-agents/bots-monperrus.txt"), 0.99, 1);

    [Fact]
    public void Classify_RealPhones_FlagsAtMost3InAThousand() =>
        Assert.InRange(ShareOfBots("gate/user-agents/humans-matomo-phones-half.txt"), 0, 0.003);

    private static double ShareOfBots(string file)
    {
        string[] agents = File.ReadAllLines(SharedData.Require(file));
        Assert.True(agents.Length > 2000, $"{file} has only {agents.Length} lines");
        int bots = agents.Count(agent => (AgentTable.Classify(agent) & (AgentClasses.Bot | AgentClasses.GoodBot)) != 0);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{bots} of {agents.Length} agents of {file} are taken for bots"
        );
        return (double)bots / agents.Length;
    }
}
