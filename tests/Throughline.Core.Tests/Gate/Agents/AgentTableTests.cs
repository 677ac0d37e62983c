using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Agents;

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
    [InlineData("Lynx/2.8.9rel.1 libwww-FM/2.14", AgentClasses.Browser)]
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

    [Theory] // what people hold, though it has a program's word in it
    [InlineData(
        "Mozilla/5.0 (Linux; Android 6.0; VR BOT 552) AppleWebKit/537.36 Chrome/72.0.3626.121 Mobile Safari/537.36"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 4.4.2; GLX SpiderI Build/KOT49H) AppleWebKit/537.36 Chrome/37.0 Mobile Safari/537.36"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 Version/4.0 Chrome/124.0 Mobile Safari/537.36 CamScanner/4.8.5"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/21F79 Instagram 330.0 (en_IR@calendar=gregorian)"
    )]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 Code/1.115.0 Chrome/142.0 Electron/39.8.5 Safari/537.36"
    )]
    [InlineData("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; www.example.org; user@example.org; Feedreader)")]
    [InlineData("LG-KU990i/V10a")]
    [InlineData("MOT-K1")]
    [InlineData("VLC/3.0.0-git LibVLC/3.0.0-git")]
    [InlineData("Roku/DVP-9.10 (519.10E04111A)")]
    [InlineData("Shop/12 CFNetwork/1410.1 Darwin/22.6.0")]
    [InlineData("WhatsApp/2.17.427 Android/7.0 Device/motorola-Moto_C_Plus")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; Perla) AppleWebKit/537.36 Chrome/83.0.4103.106 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; XBot Junior) AppleWebKit/537.36 Chrome/87.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; IDbot55 Build/M) AppleWebKit/537.36 Chrome/87.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Windows NT 6.0; rv:1.9) Gecko/20091201 (WEB.DE/1.5) Firefox/3.5.6")]
    [InlineData("Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.8.3")]
    [InlineData("NCSA_Mosaic/2.7 (X11;Linux 6.1) libwww/2.12 modified")]
    [InlineData("BrightSign/8.5 (XD1034) Mozilla/5.0 (compatible; Linux mips) AppleWebKit/537.4 Chrome/69.0")]
    public void Classify_PeoplesThings_AreNoBots(string agent) =>
        Assert.Equal(AgentClasses.None, AgentTable.Classify(agent) & (AgentClasses.Bot | AgentClasses.GoodBot));

    [Theory] // programs in a browser's clothes
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 8_3 like Mac OS X) Version/8.0 Mobile/12F70 Safari/600.1.4 (compatible; Thing)"
    )]
    [InlineData(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/133.0.0.0 Safari/537.36 Thing/2.0 (thing.com)"
    )]
    [InlineData(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36; Thing/1.0; +thing.ai"
    )]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; Thing) Chrome/119.0 Safari/537.36")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) <script>alert(1)</script>")]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 9; Nexus 5) AppleWebKit/537.36 (KHTML, like Gecko; googleweblight) Chrome/38.0"
    )]
    [InlineData("Mozilla/5.0 (Linux; Android 9; ThingBot) AppleWebKit/537.36 Chrome/87.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Linux; Android 9; Perl/5.30) AppleWebKit/537.36 Chrome/87.0 Mobile Safari/537.36")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/55.0 Safari/537.36 (via mail.example proxy)")]
    [InlineData("Thing/5.0 libwww/5.4.0")]
    public void Classify_ProgramsThatPose_AreBots(string agent) =>
        Assert.Equal(AgentClasses.Bot, AgentTable.Classify(agent));

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
