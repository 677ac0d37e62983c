using Throughline.Server.Edge;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge;

/// <summary>nginx, Caddy and HAProxy run the examples of deploy/ between a client, the gate and a site.</summary>
public sealed class RealProxyTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static TheoryData<string> Proxies => ["nginx", "caddy", "haproxy"];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Example_LiveGate_AllowsDeniesAndChallenges(string proxy)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            proxy,
            service.Server.Addresses[0].Port,
            site.Port
        );

        (int status, string text, _) = await GetAsync(running, "/odd?a=%2f%2f&b=c+d", ("X-Throughline-Score", "-99"));
        Assert.Equal(200, status);
        Recorded seen = sink.Last;
        Assert.Equal(
            $"site GET /odd\nx-throughline-action: tag\nx-throughline-decision: {seen.Id}\n"
                + "x-throughline-score: 7\nx-throughline-tags: odd",
            text
        );
        Assert.Equal(
            ("GET", "/odd", "a=%2f%2f&b=c+d", "127.0.0.1"),
            (seen.Method, seen.Path, seen.Query, seen.Address)
        );
        Assert.Equal("127.0.0.1", EdgeModel.WithoutPort(seen.Host).ToString());
        Assert.Contains(seen.Headers, field => field is { Name: "user-agent", Value: "a-client/1" });
        Assert.Contains(seen.Headers, field => field is { Name: "accept-language", Value: "de" });

        (status, text, _) = await GetAsync(running, "/deny/this");
        Assert.Equal(429, status);
        Assert.DoesNotContain("site", text, StringComparison.Ordinal);

        HttpResponseMessage response;
        (status, text, response) = await GetAsync(running, "/challenge/x?y=z");
        Assert.Equal(302, status);
        Assert.DoesNotContain("site", text, StringComparison.Ordinal);
        Assert.Equal(
            $"{EdgeKit.ChallengePage}?decision={sink.Last.Id}&return=%2Fchallenge%2Fx%3Fy%3Dz",
            response.Headers.Location?.OriginalString
        );

        using HttpRequestMessage post = new(HttpMethod.Post, "/form") { Content = new StringContent("a=b") };
        using HttpResponseMessage posted = await running.Client.SendAsync(post, Ended);
        Assert.StartsWith(
            "site POST /form\nx-throughline-action: allow",
            await posted.Content.ReadAsStringAsync(Ended)
        );
        Assert.Equal("POST", sink.Last.Method);
    }

    /// <summary>What the client writes into the proxy's own headers neither frees nor condemns anybody.</summary>
    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Example_ForgedHeaders_DoNotCount(string proxy)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            proxy,
            service.Server.Addresses[0].Port,
            site.Port
        );
        (int status, _, _) = await GetAsync(running, "/", ("X-Original-URI", "/deny"), ("X-Forwarded-Uri", "/deny"));
        Assert.Equal((200, "/", "127.0.0.1"), (status, sink.Last.Path, sink.Last.Address));
    }

    /// <summary>What the gate cannot read must not look like a gate that is dead.</summary>
    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Example_HostileHead_IsNoWayPastTheGate(string proxy)
    {
        await using TestService service = await EdgeKit.StartAsync();
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            proxy,
            service.Server.Addresses[0].Port,
            site.Port
        );
        string many = string.Concat(Enumerable.Range(0, 90).Select(i => $"X-{i}: y\r\n"));
        string large = string.Concat(Enumerable.Range(0, 6).Select(i => $"X-Large-{i}: {new string('x', 7000)}\r\n"));
        foreach (string headers in (string[])["X-Odd: \xff\xfe\r\n", "Cookie: \x80=\xc0\xaf\r\n", many, large])
        {
            string answer = await running.SendRawAsync(
                $"GET /deny HTTP/1.1\r\nHost: {running.Client.BaseAddress!.Authority}\r\n{headers}"
            );
            Assert.Matches("^HTTP/1.[01] [45]..", answer);
            Assert.DoesNotContain("site GET", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Example_DeadGate_LetsPeopleIn(string proxy)
    {
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(proxy, LoopbackPort.Next(), site.Port);
        (int status, string text, _) = await GetAsync(running, "/deny/this", ("X-Throughline-Action", "allow"));
        // Nobody judged it, so nobody may say that it was judged.
        Assert.Equal((200, "site GET /deny/this\n"), (status, text));
    }

    /// <summary>The gate's own page: solved by hand here, by a browser in <see cref="Challenges.BrowserTests"/>.</summary>
    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Example_OwnChallenge_ReachesTheClientWhole(string proxy)
    {
        await using TestService service = await ChallengeKit.StartAsync();
        await using SmallSite site = await SmallSite.StartAsync();
        await using RealProxy running = await RealProxies.StartAsync(
            proxy,
            service.Server.Addresses[0].Port,
            site.Port
        );

        (int status, string page, HttpResponseMessage response) = await GetAsync(running, "/challenge/x?y=z%20");
        Assert.Equal((403, "text/html"), (status, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("content-security-policy").Single());

        (status, _, response) = await GetAsync(running, ChallengeKit.ProofOf(ChallengeKit.TicketOf(page)));
        Assert.Equal((303, "/challenge/x?y=z%20"), (status, response.Headers.Location?.OriginalString));
        string cookie = response.Headers.GetValues("set-cookie").Single();
        Assert.EndsWith("; HttpOnly; SameSite=Lax", cookie);

        (status, string text, _) = await GetAsync(running, "/challenge/x?y=z%20", ("Cookie", cookie.Split(';')[0]));
        Assert.Equal(200, status);
        Assert.StartsWith("site GET /challenge/x", text);

        // A proof that is none is refused, and so is a page that was asked for by a form.
        Assert.Equal(403, (await GetAsync(running, "/_throughline/clearance?t=x&n=1")).Status);
        using HttpRequestMessage post = new(HttpMethod.Post, "/challenge/form") { Content = new StringContent("a=b") };
        using HttpResponseMessage posted = await running.Client.SendAsync(post, Ended);
        Assert.Equal(403, (int)posted.StatusCode);
        Assert.NotEqual("", ChallengeKit.TicketOf(await posted.Content.ReadAsStringAsync(Ended)));
    }

    private static async Task<(int Status, string Text, HttpResponseMessage Response)> GetAsync(
        RealProxy proxy,
        string target,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("User-Agent", "a-client/1");
        request.Headers.TryAddWithoutValidation("Accept-Language", "de");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response = await proxy.Client.SendAsync(request, Ended);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ended), response);
    }
}
