using System.Diagnostics;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Challenges;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Challenges;

/// <summary>A real browser before each of the proxies, with the difficulty that is usual; and curl, with and without what the browser earned.</summary>
[Collection(nameof(Alone))] // what a visit takes is held to two seconds
public sealed class BrowserTests
{
    private const string Target = "/challenge/page?a=b#part";

    public static TheoryData<string> Proxies => ["nginx", "caddy", "haproxy"];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Chromium_UsualDifficulty_PassesWithoutAClickAndComesBack(string proxy)
    {
        string chromium = RealProxy.Require("chromium");
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink, new());
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            proxy,
            service.Server.Addresses[0].Port,
            site.Port
        );
        await AwakeAsync(running);
        // The example's Caddy serves its own address alone; the others any name, which is no "secure context" for the browser.
        string host = proxy == "caddy" ? "127.0.0.1" : "shop.example";
        string origin = $"http://{host}:{running.Client.BaseAddress!.Port}";

        JsonNode visit = await WebClient.RunAsync("visit.js", chromium, origin, Target);
        TestContext.Current.TestOutputHelper?.WriteLine(visit.ToJsonString());
        Assert.Equal(Target, (string?)visit["url"]);
        Assert.StartsWith("site GET /challenge/page", (string?)visit["text"]);
        Assert.Empty(visit["faults"]!.AsArray());
        Assert.Equal(proxy == "caddy", (bool)visit["secure"]!);
        Assert.Equal(
            ["403 /challenge/page", "303 /_throughline/clearance", "200 /challenge/page"],
            visit["seen"]!
                .AsArray()
                .Select(one => (string)one!)
                .Where(one => !one.Contains("favicon", StringComparison.Ordinal))
        );
        Assert.InRange((int)visit["ms"]!, 1, 2000);
        JsonNode cookie = Assert.Single(visit["cookies"]!.AsArray())!;
        Assert.Equal(
            ("throughline", true, "Lax"),
            ((string?)cookie["name"], (bool)cookie["httpOnly"]!, (string?)cookie["sameSite"])
        );

        // curl has no way to the site; with the browser's cookie it is still no such browser.
        string url = $"http://127.0.0.1:{running.Client.BaseAddress!.Port}/challenge/page";
        Assert.Equal("403", await CurlAsync(url));
        string shown = $"throughline={(string)cookie["value"]!}";
        Assert.Equal("403", await CurlAsync("-b", shown, url));
        Assert.Equal("200", await CurlAsync("-b", shown, "-A", (string)visit["agent"]!, url));
        Assert.Equal("403", await CurlAsync("-b", shown[..^1], "-A", (string)visit["agent"]!, url));
    }

    [Fact]
    public async Task Chromium_KeepsNoCookies_IsLetThroughByTheLoopGuard()
    {
        string chromium = RealProxy.Require("chromium");
        FakeTimeProvider clock = new(TestService.Now);
        RecordingSink sink = new() { OnTake = () => clock.Advance(TimeSpan.FromMilliseconds(50)) };
        await using TestService service = await ChallengeKit.StartAsync(sink, new() { Difficulty = 8 }, clock);
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            "caddy",
            service.Server.Addresses[0].Port,
            site.Port
        );
        await AwakeAsync(running);
        JsonNode visit = await WebClient.RunAsync(
            "visit.js",
            chromium,
            $"http://127.0.0.1:{running.Client.BaseAddress!.Port}",
            Target,
            "no-cookies"
        );
        Assert.StartsWith("site GET /challenge/page", (string?)visit["text"]);
        Assert.Equal(2, sink.Decisions.Count(one => one.Challenge == ChallengeOutcome.Solved));
        Assert.Single(sink.Decisions, one => one.Challenge == ChallengeOutcome.Looped);
    }

    [Fact]
    public async Task Chromium_WithoutScript_IsToldWhatIsMissing()
    {
        string chromium = RealProxy.Require("chromium");
        await using TestService service = await ChallengeKit.StartAsync();
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            "caddy",
            service.Server.Addresses[0].Port,
            site.Port
        );
        await AwakeAsync(running);
        JsonNode visit = await WebClient.RunAsync(
            "visit.js",
            chromium,
            $"http://127.0.0.1:{running.Client.BaseAddress!.Port}",
            Target,
            "no-script"
        );
        Assert.Contains("This needs JavaScript.", (string?)visit["text"], StringComparison.Ordinal);
        Assert.DoesNotContain(
            "site",
            (string?)visit["text"]!.ToString().Replace("for this site", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    // The first question to a gate takes longer than the proxies wait on a busy machine; then they let people in.
    private static Task AwakeAsync(RealProxy proxy) =>
        Waiting.UntilAsync(async () =>
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/challenge/awake");
            request.Headers.TryAddWithoutValidation("User-Agent", "awake/1");
            using HttpResponseMessage response = await proxy.Client.SendAsync(
                request,
                TestContext.Current.CancellationToken
            );
            return response.StatusCode == System.Net.HttpStatusCode.Forbidden;
        });

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        string curl = RealProxy.Require("curl");
        ProcessStartInfo start = new(curl, ["-s", "-o", "/dev/null", "-w", "%{http_code}", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string status = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return status;
    }
}
