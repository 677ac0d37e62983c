using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Rules;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Bots;

/// <summary>Good bots over the whole service: lists from files, names from a resolver, judged by the default rules.</summary>
public sealed class GoodBotServiceTests : IDisposable
{
    private const string Google =
        """{"creationTime": "2026-05-30T10:00:00", "prefixes": [{"ipv4Prefix": "66.249.64.0/19"}]}""";
    private const string Googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    private const string Yandex = "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)";
    private const string Real = "66.249.66.1";
    private const string False = "203.0.113.9";

    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly FakeDns dns = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Decide_ListOfAFile_VerifiesTheRealAndDeniesTheFalse()
    {
        await using TestService service = await StartAsync(WithFile("googlebot", "googlebot.json", Google));
        JsonNode list = await UntilKnownAsync(service);

        Assert.Equal("allow by verified-bot", await AskAsync(service, Googlebot, Real));
        Assert.Equal("deny by impostor", await AskAsync(service, Googlebot, False));
        Assert.Equal((1, 0, true), ((int)list["prefixes"]!, (int)list["ageSeconds"]!, (bool)list["makesImpostors"]!));
        Assert.Equal("2026-05-30T10:00:00.000Z", (string?)list["published"]);
        Assert.Contains(
            "throughline_bots_list_imported_seconds{list=\"googlebot\"}",
            (await service.GetAsync("/metrics", "")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Decide_StaleFile_ShowsItsAgeAndMakesNoImpostors()
    {
        EdgeOptions options = WithFile("googlebot", "googlebot.txt", "66.249.64.0/19 # Google's");
        File.SetLastWriteTimeUtc(folder["googlebot.txt"], clock.GetUtcNow().AddDays(-20).UtcDateTime);
        await using TestService service = await StartAsync(options);
        JsonNode list = await UntilKnownAsync(service);

        Assert.Equal((20 * 86_400, false), ((int)list["ageSeconds"]!, (bool)list["makesImpostors"]!));
        Assert.Equal("allow by verified-bot", await AskAsync(service, Googlebot, Real));
        Assert.Equal("tag by nobody; unknown: verified-bot impostor", await AskAsync(service, Googlebot, False));
    }

    [Fact]
    public async Task Decide_UnknownClaim_IsUnknownAtFirstAndThenWhatItsNameSays()
    {
        dns.Names[Real] = ["spider.yandex.com"];
        dns.Addresses["spider.yandex.com"] = [Real];
        dns.Names[False] = ["host.example"];
        await using TestService service = await StartAsync(new() { GoodBots = new() { ReverseDns = true } });

        Assert.Equal("tag by nobody; unknown: verified-bot impostor", await AskAsync(service, Yandex, Real));
        Assert.Equal("tag by nobody; unknown: verified-bot impostor", await AskAsync(service, Yandex, False));

        Assert.Equal("allow by verified-bot", await UntilJudgedAsync(service, Real));
        Assert.Equal("deny by impostor", await UntilJudgedAsync(service, False));
        Assert.Equal(2, dns.Asked); // once for each address
    }

    [Fact]
    public async Task Start_NothingConfigured_AsksNobody()
    {
        await using TestService service = await StartAsync(new());

        await AskAsync(service, Yandex, Real);
        for (int i = 0; i < 20; i++)
        {
            clock.Advance(BotVerifier.Pause);
            await Task.Yield();
        }

        JsonNode shown = (await service.GetAsync("/v1/gate/bots")).Json;
        Assert.Equal("""{"on":false,"remembered":0,"waiting":0}""", shown["reverseDns"]!.ToJsonString());
        Assert.Empty(shown["lists"]!.AsArray());
        Assert.Equal(0, dns.Asked);
    }

    [Fact]
    public async Task Restart_SourceIsGone_KnowsTheListAndTellsOfTheFailure()
    {
        EdgeOptions options = WithFile("googlebot", "googlebot.json", Google);
        string kept = folder["data"];
        await using (RunningServer first = await ThroughlineServer.StartAsync(OptionsFor(options, kept), Ended))
        {
            while (first.Edge.Bots.Lists.Count == 0)
                await Task.Yield();
            while (!File.Exists(Path.Combine(kept, "good-bots", "googlebot.json")))
                await Task.Yield();
        }
        File.Delete(folder["googlebot.json"]);
        clock.Advance(TimeSpan.FromDays(3));

        await using RunningServer second = await ThroughlineServer.StartAsync(OptionsFor(options, kept), Ended);

        Assert.Equal(1, second.Edge.Bots.Lists.Single().Ranges.Count); // before anything was refreshed
        BotListAnswer list;
        while ((list = second.Bots.Show().Lists.Single()).Tried is null)
            await Task.Yield();
        Assert.Equal((3 * 86_400, "cannot be read: FileNotFoundException"), ((int)list.AgeSeconds!, list.Error));
    }

    [Fact]
    public async Task Start_DamagedFileOfAnEarlierRun_IsNotUsed()
    {
        string kept = folder["data"];
        Directory.CreateDirectory(Path.Combine(kept, "good-bots"));
        await File.WriteAllTextAsync(Path.Combine(kept, "good-bots", "googlebot.json"), """{"importedAt":""", Ended);
        EdgeOptions options = WithFile("googlebot", "none.json", Google);
        File.Delete(folder["none.json"]);

        await using RunningServer server = await ThroughlineServer.StartAsync(OptionsFor(options, kept), Ended);

        Assert.Empty(server.Edge.Bots.Lists);
    }

    [Theory]
    [InlineData("nobody", "x", 360, "edge.goodBots.sources.0.bot: 'nobody'")]
    [InlineData("yandexbot", "x", 360, "edge.goodBots.sources.0.bot: 'yandexbot'")]
    [InlineData("googlebot", "", 360, "edge.goodBots.sources.0.location")]
    [InlineData("googlebot", "x", 0, "edge.goodBots.sources.0.everyMinutes")]
    public void Options_Wrong_AreRefusedWithTheirPlace(string bot, string location, int every, string place)
    {
        BotSourceOptions source = new()
        {
            Bot = bot,
            Location = location,
            EveryMinutes = every,
        };
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            EdgeModel.Of(new() { GoodBots = new() { Sources = [source] } })
        );
        Assert.StartsWith(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_TwoSourcesOfOneList_AreRefused()
    {
        BotSourceOptions source = new() { Bot = "adsbot-google", Location = "x" };
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            EdgeModel.Of(new() { GoodBots = new() { Sources = [source, source with { Bot = "google-special" }] } })
        );
        Assert.StartsWith("edge.goodBots.sources.1.bot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EdgeFile_GoodBots_AreRead()
    {
        File.WriteAllText(
            folder["edge.json"],
            """
            {"goodBots": {"reverseDns": true, "dnsTimeoutMs": 800,
              "sources": [{"bot": "bingbot", "location": "https://bing.example/bingbot.json", "everyMinutes": 60}]}}
            """
        );
        GoodBotModel model = EdgeModel.Of(EdgeFile.Read(folder["edge.json"])).GoodBots;
        Assert.Equal((true, 800), (model.ReverseDns, model.DnsPatience.TotalMilliseconds));
        BotListSource source = new("bingbot", "https://bing.example/bingbot.json") { Every = TimeSpan.FromHours(1) };
        Assert.Equal(source, model.Sources.Single());
    }

    // What a name leads to is looked at whoever wrote it: only a mirror that is said to be one may be inside.
    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 1, 1)]
    public async Task Lists_OfAnAddressThatIsNotPublic_AreAskedForOnlyIfSaidSo(bool isInternal, int prefixes, int asked)
    {
        int requests = 0;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication web = builder.Build();
        web.MapGet(
            "/list",
            () =>
            {
                Interlocked.Increment(ref requests);
                return Google;
            }
        );
        await web.StartAsync(Ended);
        BotSourceOptions source = new()
        {
            Bot = "googlebot",
            Location = web.Urls.Single() + "/list",
            Internal = isInternal,
        };
        await using TestService service = await StartAsync(new() { GoodBots = new() { Sources = [source] } });

        JsonNode list = await UntilKnownAsync(service);

        Assert.Equal((prefixes, isInternal), ((int)list["prefixes"]!, list["error"] is null));
        Assert.Equal(asked, Volatile.Read(ref requests));
    }

    private EdgeOptions WithFile(string bot, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        File.SetLastWriteTimeUtc(folder[name], clock.GetUtcNow().UtcDateTime);
        return new() { GoodBots = new() { Sources = [new() { Bot = bot, Location = folder[name] }] } };
    }

    private async Task<TestService> StartAsync(EdgeOptions options)
    {
        TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = options with { Tenant = "alpha", BudgetMs = 10_000 },
                Decisions = new RecordingSink(),
                ReverseDns = dns,
            },
            clock: clock
        );
        GateModel? rules = GateYamlLoader.Load(GateYamlLoader.DefaultPack).Compile(version: 1, out _);
        service.Server.PublishRules(EdgeKit.Alpha, rules!);
        return service;
    }

    private ServeOptions OptionsFor(EdgeOptions edge, string data) =>
        new()
        {
            DataFolder = data,
            Urls = ["http://127.0.0.1:0"],
            StopsOnSignals = false,
            LogLevel = LogLevel.None,
            Clock = clock,
            Edge = edge,
        };

    private static async Task<JsonNode> UntilKnownAsync(TestService service)
    {
        while (true)
        {
            JsonNode list = (await service.GetAsync("/v1/gate/bots")).Json["lists"]![0]!;
            if (list["tried"] is not null)
                return list;
        }
    }

    private async Task<string> UntilJudgedAsync(TestService service, string address)
    {
        string judged;
        while ((judged = await AskAsync(service, Yandex, address)).Contains("unknown", StringComparison.Ordinal))
            clock.Advance(BotVerifier.Pause);
        return judged;
    }

    private static async Task<string> AskAsync(TestService service, string agent, string address)
    {
        JsonNode decision = (
            await service.PostAsync(
                "/v1/decisions",
                $$"""{"method":"GET","host":"shop.example","path":"/","address":"{{address}}","headers":[["user-agent","{{agent}}"],["accept","*/*"]]}"""
            )
        ).Json;
        string[] unknown =
        [
            .. decision["matches"]!
                .AsArray()
                .Where(match =>
                    (string?)match!["outcome"] == "unknown" && (string)match["rule"]! is "verified-bot" or "impostor"
                )
                .Select(match => (string)match!["rule"]!),
        ];
        string more = unknown.Length == 0 ? "" : "; unknown: " + string.Join(' ', unknown);
        return $"{decision["action"]} by {decision["rule"] ?? "nobody"}{more}";
    }
}
