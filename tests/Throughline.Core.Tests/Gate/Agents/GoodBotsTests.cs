using Throughline.Cel.Library;
using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Tests.Gate.Agents;

/// <summary>Real good bots and false ones, by lists and by names.</summary>
public sealed class GoodBotsTests
{
    private const long Now = 1_780_000_000_000;
    private static readonly IpAddress Inside = Ip("66.249.64.1");
    private static readonly IpAddress Outside = Ip("203.0.113.9");
    private readonly GoodBots bots = new();

    [Fact]
    public void Identify_WithList_TheListDecides()
    {
        Import("googlebot", Now);

        Assert.Equal(BotIdentity.Verified, bots.Identify("googlebot", Inside, Now));
        Assert.Equal(BotIdentity.Impostor, bots.Identify("googlebot", Outside, Now));
        Assert.Equal(BotIdentity.Unverified, bots.Identify("googlebot", null, Now));
        Assert.Equal(0, bots.Questions);
    }

    [Fact]
    public void Identify_WithOldList_MakesNoImpostorButAsks()
    {
        Import("googlebot", Now);
        long later = Now + GoodBots.ListValidMs + 1;

        Assert.Equal(BotIdentity.Verified, bots.Identify("googlebot", Inside, later));
        Assert.Equal(BotIdentity.Unverified, bots.Identify("googlebot", Outside, later));
        Assert.Equal(1, bots.Questions);
    }

    [Fact]
    public void Identify_WithoutList_AsksOnceAndRemembersUntilItExpires()
    {
        Assert.Equal(BotIdentity.Unverified, bots.Identify("yandexbot", Inside, Now));
        Assert.Equal(BotIdentity.Unverified, bots.Identify("yandexbot", Inside, Now + 1));
        Assert.Equal(1, bots.Questions);
        Assert.True(bots.TryAsk(out BotQuestion question));
        Assert.Equal(("yandexbot", Inside), (question.Bot.Name, question.Address));

        bots.Learn(question, BotIdentity.Verified, Now + 2);

        Assert.Equal(BotIdentity.Verified, bots.Identify("yandexbot", Inside, Now + GoodBots.VerifiedMs));
        Assert.Equal(0, bots.Questions);
        Assert.Equal(BotIdentity.Verified, bots.Identify("yandexbot", Inside, Now + 2 + GoodBots.VerifiedMs)); // and asks
        Assert.Equal(1, bots.Questions);
        Assert.True(bots.TryAsk(out question));
        bots.Learn(question, BotIdentity.Impostor, Now + 3 + GoodBots.VerifiedMs);
        Assert.Equal(BotIdentity.Impostor, bots.Identify("yandexbot", Inside, Now + 4 + GoodBots.VerifiedMs));
    }

    [Fact]
    public void Identify_AnswerNeverComes_AsksAgainLater()
    {
        bots.Identify("yandexbot", Inside, Now);
        Assert.True(bots.TryAsk(out _)); // and whoever took it is gone

        bots.Identify("yandexbot", Inside, Now + GoodBots.FailedMs - 1);
        Assert.Equal(0, bots.Questions);
        bots.Identify("yandexbot", Inside, Now + GoodBots.FailedMs);
        Assert.Equal(1, bots.Questions);
    }

    [Theory]
    [InlineData("curl/8.5.0", BotIdentity.None)]
    [InlineData("Mozilla/5.0 (compatible; FooBot/1.0)", BotIdentity.None)]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
        BotIdentity.None
    )]
    [InlineData("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", BotIdentity.Unverified)]
    [InlineData("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", BotIdentity.Unverified)]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0)", BotIdentity.Verified)]
    public void Identify_Request_ReadsTheClaim(string agent, BotIdentity expected)
    {
        Import("bingbot", Now);
        RequestFeatures features = new();
        new FeatureReader(new AgentTable()).Read(
            new()
            {
                UserAgent = agent,
                Address = Inside,
                Time = Now,
            },
            features
        );

        Assert.Equal(expected, bots.Identify(features));
    }

    [Fact]
    public void Identify_NobodyAsksNames_NotesNoQuestion()
    {
        GoodBots quiet = new() { AsksNames = false };

        Assert.Equal(BotIdentity.Unverified, quiet.Identify("yandexbot", Inside, Now));
        Assert.Equal((0, 0), (quiet.Questions, quiet.Answers));
    }

    [Theory]
    [InlineData("googlebot", "googlebot")]
    [InlineData("adsbot-google", "google-special")]
    [InlineData("google-special", "google-special")]
    [InlineData("yandexbot", null)]
    [InlineData("nobody", null)]
    public void ListOf_BotOrList_IsTheList(string name, string? list) =>
        Assert.Equal(list, GoodBotRegistry.ListOf(name));

    [Fact]
    public void Identify_Flood_StaysBounded()
    {
        for (int i = 0; i < GoodBots.MaxAnswers + 5000; i++)
        {
            BotIdentity identity = bots.Identify("yandexbot", IpAddress.Of((UInt128)i, isV6: true), Now);
            Assert.Equal(BotIdentity.Unverified, identity);
            if (bots.Questions == GoodBots.MaxQuestions)
                while (bots.TryAsk(out BotQuestion question))
                    bots.Learn(question, BotIdentity.Impostor, Now);
        }

        Assert.Equal(GoodBots.MaxAnswers, bots.Answers);
        Assert.InRange(bots.Questions, 0, GoodBots.MaxQuestions);
        for (int i = 0; i < 2 * GoodBots.MaxQuestions; i++)
            bots.Identify("slurp", IpAddress.Of((UInt128)i, isV6: true), Now);
        Assert.Equal(GoodBots.MaxQuestions, bots.Questions);
    }

    [Theory]
    [InlineData("crawl-66-249-64-1.googlebot.com", "66.249.64.1", BotIdentity.Verified)]
    [InlineData("crawl-66-249-64-1.GoogleBot.com.", "66.249.64.1", BotIdentity.Verified)]
    [InlineData("crawl-66-249-64-1.googlebot.com", "192.0.2.1", BotIdentity.Impostor)] // the way back leads elsewhere
    [InlineData("googlebot.com.evil.example", "66.249.64.1", BotIdentity.Impostor)]
    [InlineData("evilgooglebot.com", "66.249.64.1", BotIdentity.Impostor)]
    [InlineData("googlebot.com", "66.249.64.1", BotIdentity.Impostor)]
    public void Judge_Names_MustBelongAndLeadBack(string name, string forward, BotIdentity expected)
    {
        VerifiableBot bot = GoodBotRegistry.Find("googlebot")!;

        Assert.Equal(expected, bot.Judge(Inside, [("other.example", [Inside]), (name, [Ip(forward)])]));
    }

    [Fact]
    public void Judge_NoNames_IsAnImpostor() =>
        Assert.Equal(BotIdentity.Impostor, GoodBotRegistry.Find("googlebot")!.Judge(Inside, []));

    [Fact]
    public void All_Names_AreThoseThatAgentsGet() =>
        Assert.All(
            GoodBotRegistry.All,
            bot => Assert.Contains(AgentWords.All, x => x.Name == bot.Name && x.Traits == AgentTraits.GoodBot)
        );

    [Fact]
    public void TryImport_UnknownList_IsRefused() => Assert.False(bots.TryImport("nobody", Ranges(), Now));

    private void Import(string list, long at)
    {
        Assert.True(bots.TryImport(list, Ranges(), at));
        Assert.Equal((list, at), (bots.Lists.Single().List, bots.Lists.Single().ImportedAt));
    }

    private static BotRanges Ranges() =>
        BotRanges.TryParse("""{"prefixes": [{"ipv4Prefix": "66.249.64.0/19"}]}""", out _)!;

    private static IpAddress Ip(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out _) ? address : throw new ArgumentException(text);
}
