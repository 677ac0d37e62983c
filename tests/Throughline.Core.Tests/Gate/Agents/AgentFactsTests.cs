using System.Text;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Requests;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Agents;

/// <summary>What is read of a user agent besides its class: kind, family, version and system.</summary>
public sealed class AgentFactsTests
{
    private const string Chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    [Theory]
    [InlineData(Chrome, "chrome", 126, "windows", false)]
    [InlineData(Chrome + " Edg/125.0.1", "edge", 125, "windows", false)]
    [InlineData(Chrome + " OPR/111.0.0.0", "opera", 111, "windows", false)]
    [InlineData(
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "firefox",
        127,
        "linux",
        false
    )]
    [InlineData(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
        "safari",
        17,
        "macos",
        false
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
        "chrome",
        126,
        "ios",
        true
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
        "samsung",
        25,
        "android",
        true
    )]
    [InlineData("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "ie", 11, "windows", false)]
    [InlineData("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "ie", 8, "windows", false)]
    [InlineData(
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/125.0.0.0 Safari/537.36",
        "chrome",
        125,
        "chromeos",
        false
    )]
    public void Read_Browser_GivesFamilyVersionAndSystem(
        string agent,
        string name,
        int version,
        string system,
        bool mobile
    )
    {
        AgentFacts facts = Read(agent);

        Assert.Equal(AgentClasses.Browser, facts.Class);
        Assert.Equal((name, version, system, mobile), (facts.Name, facts.Version, facts.System, facts.IsMobile));
        Assert.Equal((agent, false), (facts.Text, facts.IsBot));
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "googlebot",
        true,
        false,
        false,
        false
    )]
    [InlineData("Mozilla/5.0 (compatible; FooBot/1.0; +https://foo.example/bot)", "foobot", false, false, false, false)]
    [InlineData("Mozilla/5.0 (compatible; thing/3; +https://foo.example)", "thing", false, false, false, false)]
    [InlineData("python-requests/2.31.0", "python-requests", false, true, false, false)]
    [InlineData("curl/8.5.0", "curl", false, true, false, false)]
    [InlineData("Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:000001)", "nikto", false, false, true, false)]
    [InlineData(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36",
        "headlesschrome",
        false,
        false,
        false,
        true
    )]
    public void Read_Bot_GivesNameAndKind(
        string agent,
        string name,
        bool good,
        bool library,
        bool scanner,
        bool headless
    )
    {
        AgentFacts facts = Read(agent);

        Assert.True(facts.IsBot);
        Assert.Equal(name, facts.Name);
        Assert.Equal(
            (good, library, scanner, headless),
            (facts.IsGoodBot, facts.IsLibrary, facts.IsScanner, facts.IsHeadless)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    public void Read_NoAgent_IsMissing(string? agent)
    {
        AgentFacts facts = Read(agent);

        Assert.Equal((AgentClasses.Missing, false, ""), (facts.Class, facts.IsBot, facts.Name));
    }

    [Fact]
    public void Read_AnyText_NeverThrowsAndForgetsTheLast()
    {
        Random random = Seeds.Random();
        AgentTable table = new();
        AgentFacts facts = new();
        string[] pieces =
        [
            "Mozilla/5.0",
            " (",
            ")",
            ";",
            "Android",
            "bot",
            "Chrome/",
            "+",
            "@",
            ".",
            "compatible;",
            "é",
            "\0",
            "\ud800",
            "<",
            "9",
        ];
        for (int i = 0; i < 20_000; i++)
        {
            StringBuilder text = new();
            for (int n = random.Next(12); n >= 0; n--)
                text.Append(
                    random.Next(4) == 0 ? ((char)random.Next(0x250)).ToString() : pieces[random.Next(pieces.Length)]
                );
            string agent = text.ToString();
            table.Read(agent, facts);
            AgentProfile fresh = new AgentTable().Read(agent);
            Assert.Equal(
                (fresh.Class, fresh.Name, fresh.Version, fresh.System),
                (facts.Class, facts.Name, facts.Version, facts.System)
            );
            Assert.Equal(AgentTable.Classify(agent), facts.Class);
            Assert.InRange(facts.Name.Length, 0, 64);
        }
    }

    [Fact]
    public void Read_HugeText_IsReadInTime()
    {
        string agent = new string('(', 30_000) + "android" + new string('+', 30_000) + "FooBot/1.0";

        Assert.Equal(AgentClasses.Bot, new AgentTable().Read(agent).Class);
    }

    [Fact]
    public void Read_KnownAgent_AllocatesNothing()
    {
        AgentTable table = new();
        AgentFacts facts = new();
        byte[] utf8 = Encoding.UTF8.GetBytes(Chrome);
        void Read()
        {
            table.Read(Chrome, facts);
            table.Classify(utf8);
        }
        Assert.Equal(0, ActionCost.AllocatedBytes(Read, warm: 1));
    }

    private static AgentFacts Read(string? agent)
    {
        AgentFacts facts = new()
        {
            IsBot = true,
            IsGoodBot = true,
            IsLibrary = true,
            IsScanner = true,
            IsHeadless = true,
            Name = "before",
        };
        new AgentTable().Read(agent, facts);
        return facts;
    }
}
