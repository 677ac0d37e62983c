using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Gate.Signatures;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Rules;
using Throughline.Server.Outbound;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using WebClient = Throughline.Server.Tests.Kit.WebClient;

namespace Throughline.Server.Tests.Edge.Bots;

/// <summary>Agents that sign: real requests of the npm package over a proxy's contract, and where keys come from.</summary>
public sealed class WebBotAuthTests : IDisposable
{
    /// <summary>RFC 9421, B.1.4.</summary>
    private const string Keys =
        """{"keys":[{"kty":"OKP","crv":"Ed25519","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs","kid":"any"}]}""";
    private const string Agent = "\"https://agent.example\"";

    private static readonly GateDocument Rules = new()
    {
        Rules =
        [
            new()
            {
                Id = "verified",
                When = "bot.verified",
                Tag = "verified",
            },
            new()
            {
                Id = "signed",
                When = "bot.signed && bot.agent == 'example-agent'",
                Tag = "signed",
            },
            new()
            {
                Id = "replayed",
                When = "bot.signature == 'replayed'",
                Tag = "replayed",
            },
            new()
            {
                Id = "invalid",
                When = "bot.signature == 'invalid'",
                Tag = "invalid",
            },
            new()
            {
                Id = "expired",
                When = "bot.signature == 'expired'",
                Tag = "expired",
            },
        ],
    };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Import_KeyThatTwoAgentsPublish_IsTheFirstNamedOnesInWhateverOrderTheyCome()
    {
        SignedAgent own = new("own", "https://own.example", "x", TimeSpan.FromHours(1), IsInternal: false);
        SignedAgent copier = new("copier", "https://copier.example", "y", TimeSpan.FromHours(1), IsInternal: false);
        SignatureDesk desk = new(new([own, copier]));
        Assert.Null(desk.Import(copier, Keys));
        Assert.Equal((0, 1), (desk.KeysOf(own), desk.KeysOf(copier)));
        Assert.Null(desk.Import(own, Keys));
        Assert.Equal((1, 0), (desk.KeysOf(own), desk.KeysOf(copier)));
        Assert.Null(desk.Import(copier, Keys));
        Assert.Equal((1, 0), (desk.KeysOf(own), desk.KeysOf(copier)));
    }

    [Fact]
    public async Task NpmSigner_SignedRequests_AreVerifiedOnceAndForThisRequestAlone()
    {
        await using TestService service = await StartAsync(EdgeKit.Model(Rules));
        long now = TestService.Now.ToUnixTimeSeconds();
        JsonArray signed = await SignAsync(
            Request(now),
            Request(now, agent: Agent),
            Request(
                now,
                agent: Agent,
                components:
                [
                    "@authority",
                    "signature-agent",
                    "@method",
                    "@path",
                    "@query",
                    "@target-uri",
                    "@scheme",
                    "@request-target",
                    "user-agent",
                ]
            ),
            Request(now - 1000, life: 999),
            Request(now, life: 90_000)
        );
        Assert.Equal("verified,signed", await AskAsync(service, signed[0]!));
        Assert.Equal("replayed", await AskAsync(service, signed[0]!));
        Assert.Equal("verified,signed", await AskAsync(service, signed[1]!));
        Assert.Equal("invalid", await AskAsync(service, signed[2]!, target: "/other?x=y"));
        Assert.Equal("invalid", await AskAsync(service, signed[2]!, host: "other.example"));
        Assert.Equal("invalid", await AskAsync(service, signed[2]!, method: "PUT"));
        Assert.Equal("verified,signed", await AskAsync(service, signed[2]!));
        Assert.Equal("expired", await AskAsync(service, signed[3]!));
        Assert.Equal("invalid", await AskAsync(service, signed[4]!));
        Assert.Contains(
            "throughline_bots_signatures_total{result=\"replayed\"}",
            (await service.GetAsync("/metrics", "")).Text,
            StringComparison.Ordinal
        );
    }

    /// <summary>The default rules let a verified agent pass, whatever its user agent looks like.</summary>
    [Fact]
    public async Task DefaultRules_SignedAgent_IsAVerifiedBot()
    {
        GateModel pack = GateYamlLoader.Load(GateYamlLoader.DefaultPack).Compile(version: 1, out _)!;
        await using TestService service = await StartAsync(pack);
        long now = TestService.Now.ToUnixTimeSeconds();
        JsonArray signed = await SignAsync(Request(now, target: "/.env?x=${jndi:"));
        JsonNode refused = await DecideAsync(service, new JsonObject(), "/.env?x=${jndi:");
        JsonNode allowed = await DecideAsync(service, signed[0]!, "/.env?x=${jndi:");
        Assert.Equal("deny", (string?)refused["action"]);
        Assert.Equal(("allow", "verified-bot"), ((string?)allowed["action"], (string?)allowed["rule"]));
    }

    [Fact]
    public async Task Directory_UnknownKey_IsAskedForBehindTheRequest()
    {
        int asked = 0;
        string published = """{"keys":[]}""";
        await using WebApplication web = await ServeAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return context.Response.WriteAsync(Volatile.Read(ref published));
        });
        FakeTimeProvider clock = new(TestService.Now);
        WebBotAuthModel model = WebBotAuthModel.Of(
            new()
            {
                Agents =
                [
                    new()
                    {
                        Name = "example-agent",
                        Location = web.Urls.Single(),
                        Internal = true,
                    },
                ],
            }
        );
        SignedAgent agent = model.Agents.Single();
        SignatureDesk desk = new(model);
        using HttpClient inside = new(GuardedConnect.Handler(allowsInternal: true));
        AgentKeyRefresher refresher = new(desk, model, inside, inside, clock, NullLogger.Instance);
        using CancellationTokenSource stop = new();
        Task running = refresher.RunAsync(stop.Token);
        await Waiting.UntilAsync(() => Task.FromResult(refresher.LastOf(agent)?.Error == "holds no Ed25519 key"));

        Volatile.Write(ref published, Keys);
        JsonArray signed = await SignAsync(Request(TestService.Now.ToUnixTimeSeconds(), agent: $"\"{agent.Origin}\""));
        await Waiting.UntilAsync(() =>
        {
            // Nothing before a minute is over: strangers cannot make the gate fetch more often.
            Assert.True(asked == 1 || clock.GetUtcNow() - TestService.Now >= AgentKeyRefresher.LeastPause);
            clock.Advance(TimeSpan.FromSeconds(5));
            Read(desk, signed[0]!);
            return Task.FromResult(desk.KeysOf(agent) == 1);
        });
        Assert.InRange((clock.GetUtcNow() - TestService.Now).TotalMinutes, 1, 300); // its own pace is six hours
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Directory_RedirectedLongOrInside_IsRefused()
    {
        await using WebApplication web = await ServeAsync(context =>
        {
            if (context.Request.Host.Host == "localhost")
                context.Response.Redirect("/elsewhere");
            return context.Response.WriteAsync(new string(' ', AgentKeyRefresher.BytesMax + 1));
        });
        int port = new Uri(web.Urls.Single()).Port;
        using HttpClient guarded = new(GuardedConnect.Handler(allowsInternal: false));
        using HttpClient inside = new(GuardedConnect.Handler(allowsInternal: true));

        Assert.Equal("no answer: ConnectionError", await TryAsync($"https://localhost:{port}", isInternal: false));
        Assert.Equal("no answer: ConnectionError", await TryAsync($"https://127.0.0.1:{port}", isInternal: false));
        Assert.Equal("was answered 302", await TryAsync($"http://localhost:{port}", isInternal: true));
        Assert.StartsWith("is longer than", await TryAsync($"http://127.0.0.1:{port}", isInternal: true));

        async Task<string?> TryAsync(string location, bool isInternal)
        {
            WebBotAuthModel model = WebBotAuthModel.Of(
                new()
                {
                    Agents =
                    [
                        new()
                        {
                            Name = "a",
                            Location = location,
                            Internal = isInternal,
                        },
                    ],
                }
            );
            SignatureDesk desk = new(model);
            AgentKeyRefresher refresher = new(
                desk,
                model,
                guarded,
                inside,
                new FakeTimeProvider(),
                NullLogger.Instance
            );
            string? error = await refresher.RefreshAsync(model.Agents.Single(), TestContext.Current.CancellationToken);
            Assert.Equal(0, desk.KeysOf(model.Agents.Single()));
            return error;
        }
    }

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("255.255.255.255", false)]
    public void IsPublic_Address_IsWhatEverybodyCouldReach(string address, bool isPublic) =>
        Assert.Equal(isPublic, GuardedConnect.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("UP", "https://a.example", "name: 'UP' is not of the form")]
    [InlineData("a", "", "location: must be an origin")]
    [InlineData("a", "http://a.example", "location: 'http://a.example' is no origin")]
    [InlineData("a", "https://a.example/keys", "location: 'https://a.example/keys' is no origin")]
    [InlineData("a", "https://u:p@a.example", "location: 'https://u:p@a.example' is no origin")]
    [InlineData("a", "ftp://a.example", "location: 'ftp://a.example' is no origin")]
    public void Options_ThatAreNone_AreNamed(string name, string location, string message)
    {
        WebBotAuthOptions options = new() { Agents = [new() { Name = name, Location = location }] };
        ArgumentException error = Assert.Throws<ArgumentException>(() => EdgeModel.Of(new() { WebBotAuth = options }));
        Assert.StartsWith("edge.webBotAuth.agents.0." + message, error.Message);
    }

    private async Task<TestService> StartAsync(GateModel rules)
    {
        await File.WriteAllTextAsync(folder["keys.json"], Keys, TestContext.Current.CancellationToken);
        EdgeOptions options = EdgeKit.Options with
        {
            BudgetMs = 10_000,
            WebBotAuth = new() { Agents = [new() { Name = "example-agent", Location = folder["keys.json"] }] },
        };
        TestService service = await TestService.StartAsync(
            new ServeOptions { Edge = options, Decisions = new RecordingSink() }
        );
        service.Server.PublishRules(EdgeKit.Alpha, rules);
        await Waiting.UntilAsync(async () =>
        {
            JsonNode bots = (await service.GetAsync("/v1/gate/bots")).Json;
            JsonNode agent = Assert.Single(bots["agents"]!.AsArray())!;
            return ((string)agent["agent"]!, (int)agent["keys"]!, (string?)agent["error"])
                == ("example-agent", 1, null);
        });
        return service;
    }

    private static JsonObject Request(
        long created,
        long life = 300,
        string? agent = null,
        string[]? components = null,
        string target = "/a/b?c=d"
    )
    {
        JsonObject headers = new() { ["User-Agent"] = "curl/8" };
        if (agent is not null)
            headers["Signature-Agent"] = agent;
        JsonObject request = new()
        {
            ["url"] = "https://shop.example" + target,
            ["method"] = "GET",
            ["headers"] = headers,
            ["created"] = created,
            ["expires"] = created + life,
        };
        if (components is not null)
            request["components"] = new JsonArray([.. components.Select(component => JsonValue.Create(component))]);
        return request;
    }

    private static async Task<JsonArray> SignAsync(params JsonObject[] requests) =>
        (await WebClient.RunAsync("sign.js", new JsonArray([.. requests]).ToJsonString()))["signed"]!.AsArray();

    /// <summary>The tags that a request gets.</summary>
    private static async Task<string> AskAsync(
        TestService service,
        JsonNode signed,
        string target = "/a/b?c=d",
        string host = "shop.example",
        string method = "GET"
    )
    {
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/edge/forward-auth",
            null,
            "",
            [
                ("X-Forwarded-Method", method),
                ("X-Forwarded-Host", host),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Uri", target),
                ("X-Forwarded-For", "203.0.113.5"),
                .. signed.AsObject().Select(header => (header.Key, (string)header.Value!)),
            ]
        );
        return answer.Header("x-throughline-tags") ?? "";
    }

    private static async Task<JsonNode> DecideAsync(TestService service, JsonNode signed, string target)
    {
        JsonObject headers = new();
        foreach ((string name, JsonNode? value) in signed.AsObject())
            headers[name] = (string)value!;
        headers["User-Agent"] = "curl/8";
        return (
            await service.PostAsync(
                "/v1/decisions",
                new JsonObject
                {
                    ["method"] = "GET",
                    ["url"] = target,
                    ["host"] = "shop.example",
                    ["scheme"] = "https",
                    ["address"] = "203.0.113.5",
                    ["headers"] = headers,
                }.ToJsonString()
            )
        ).Json;
    }

    private static void Read(SignatureDesk desk, JsonNode signed)
    {
        EdgeRequest request = new()
        {
            Time = TestService.Now.ToUnixTimeMilliseconds(),
            Method = "GET",
            Host = "shop.example",
            Scheme = "https",
            Path = "/a/b",
        };
        foreach ((string name, JsonNode? value) in signed.AsObject())
            request.Headers.Add(new(name.ToLowerInvariant(), (string)value!));
        desk.Read(request, new RequestFeatures());
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication web = builder.Build();
        web.Run(answer);
        await web.StartAsync();
        return web;
    }
}
