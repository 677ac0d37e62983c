using System.Text;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge;

/// <summary>The contracts of proxies that ask by plain HTTP requests.</summary>
public sealed class ProxyContractTests
{
    [Theory]
    [InlineData("ext-authz", 200)]
    [InlineData("auth-request", 204)]
    [InlineData("forward-auth", 200)]
    public async Task Allow_EveryContract_TellsTheUpstream(string contract, int status)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer answer = await AskAsync(
            service,
            contract,
            "/odd?x=1",
            ("User-Agent", "curl/8"),
            ("Cookie", "a=b; sid=s-1")
        );
        Assert.Equal((status, ""), (answer.Status, answer.Text));
        Assert.Equal(sink.Last.Id, answer.Header("x-throughline-decision"));
        Assert.Equal("tag", answer.Header("x-throughline-action"));
        Assert.Equal("7", answer.Header("x-throughline-score"));
        Assert.Equal("odd,known-session", answer.Header("x-throughline-tags"));
        Recorded seen = sink.Last;
        Assert.Equal(("GET", "/odd", "x=1", "shop.example"), (seen.Method, seen.Path, seen.Query, seen.Host));
        Assert.Equal(("203.0.113.5", "alpha", 1), (seen.Address, seen.Tenant, seen.Version));
        Assert.Contains(new HeaderField("user-agent", "curl/8"), seen.Headers);
        Assert.DoesNotContain(seen.Headers, field => field.Name.StartsWith("x-forwarded", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ext-authz", 429, "Too many.")]
    [InlineData("auth-request", 403, "")]
    [InlineData("forward-auth", 429, "Too many.")]
    public async Task Deny_EveryContract_UsesItsOwnWords(string contract, int status, string body)
    {
        await using TestService service = await EdgeKit.StartAsync();
        Answer answer = await AskAsync(service, contract, "/deny/me");
        Assert.Equal((status, body), (answer.Status, answer.Text));
        Assert.Equal("deny", answer.Header("x-throughline-action"));
        Assert.Equal(contract == "auth-request" ? "429" : null, answer.Header("x-throughline-status"));
    }

    [Theory]
    [InlineData("ext-authz", 302, "Location")]
    [InlineData("auth-request", 401, "x-throughline-location")]
    [InlineData("forward-auth", 302, "Location")]
    public async Task Challenge_EveryContract_LeadsToThePage(string contract, int status, string header)
    {
        await using TestService service = await EdgeKit.StartAsync();
        Answer answer = await AskAsync(service, contract, "/challenge/x?a=b&c");
        Assert.Equal(status, answer.Status);
        string id = answer.Header("x-throughline-decision")!;
        Assert.Equal(
            $"{EdgeKit.ChallengePage}?decision={id}&return=%2Fchallenge%2Fx%3Fa%3Db%26c",
            answer.Header(header)
        );
        Assert.Equal("challenge", answer.Header("x-throughline-action"));
    }

    [Theory]
    [InlineData("ext-authz")]
    [InlineData("auth-request")]
    [InlineData("forward-auth")]
    public async Task Challenge_NoPage_IsARefusalThatSaysSo(string contract)
    {
        await using TestService service = await EdgeKit.StartAsync(
            EdgeKit.Options with
            {
                ChallengeUrl = null,
                Challenge = new() { Page = false },
            }
        );
        Answer answer = await AskAsync(service, contract, "/challenge");
        Assert.Equal((403, "challenge"), (answer.Status, answer.Header("x-throughline-action")));
    }

    /// <summary>A status of 500 and above would be an error to Envoy, and its fail policy would let the client in.</summary>
    [Fact]
    public async Task Deny_ServerErrorOverExtAuthz_Is403()
    {
        await using TestService service = await EdgeKit.StartAsync();
        Assert.Equal(403, (await AskAsync(service, "ext-authz", "/broken")).Status);
        Assert.Equal(503, (await AskAsync(service, "forward-auth", "/broken")).Status);
        Answer nginx = await AskAsync(service, "auth-request", "/broken");
        Assert.Equal((403, "503"), (nginx.Status, nginx.Header("x-throughline-status")));
    }

    [Theory]
    [InlineData("/../../../v1/tenants")]
    [InlineData("/%2e%2e/%2E%2E/v1/tenants")]
    [InlineData("/a/..;/../../healthz")]
    [InlineData("//v1/tenants")]
    [InlineData("/%ff%fe\\..\\")]
    [InlineData("?only=query")]
    public async Task ExtAuthz_HostileTarget_StaysTheClientsTarget(string target)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        string answer = await RawAsync(service, $"GET /v1/edge/ext-authz{target} HTTP/1.1\r\nHost: shop.example\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", answer);
        Assert.Equal(target.StartsWith('/') ? target : "/?only=query", Whole(sink.Last));
    }

    [Theory]
    [InlineData("POST", "/v1/edge/ext-authz/deny", "429")]
    [InlineData("OPTIONS", "/v1/edge/ext-authz/deny", "429")]
    [InlineData("QUERY", "/v1/edge/ext-authz/odd", "200")]
    public async Task ExtAuthz_AnyMethod_IsTheClients(string method, string target, string status)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        string answer = await RawAsync(
            service,
            $"{method} {target} HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://beta.example\r\nContent-Length: 0\r\n"
        );
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Equal(method, sink.Last.Method);
    }

    [Fact]
    public async Task ExtAuthz_HeadersNotDeclaredWhole_MissingOnesAreUnknown()
    {
        RecordingSink sink = new();
        await using (TestService some = await EdgeKit.StartAsync(sink: sink))
            await AskAsync(some, "ext-authz", "/");
        Assert.Equal(RequestKnowledge.Host, sink.Last.Knowledge);
        await using TestService all = await EdgeKit.StartAsync(
            EdgeKit.Options with
            {
                ExtAuthzHasAllHeaders = true,
            },
            sink
        );
        await AskAsync(all, "ext-authz", "/");
        Assert.Equal(RequestReader.AllHeaders, sink.Last.Knowledge);
    }

    [Theory]
    [InlineData("auth-request")]
    [InlineData("forward-auth")]
    public async Task Question_WithoutTarget_IsABypass(string contract)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        Answer answer = await service.SendAsync(HttpMethod.Get, $"/v1/edge/{contract}", null, "");
        Assert.InRange(answer.Status, 200, 204);
        Assert.Equal((DecisionCause.Failure, true), (sink.Last.Cause, sink.Last.IsBypass));
    }

    [Fact]
    public async Task Peer_NoTrustedProxy_IsRefused()
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(
            EdgeKit.Options with
            {
                TrustedProxies = ["10.0.0.0/8"],
            },
            sink
        );
        Answer answer = await AskAsync(service, "ext-authz", "/", ("Authorization", $"Bearer {service.AlphaKey}"));
        answer.AssertProblem(403, "untrusted_proxy");
        Assert.Empty(sink.Decisions);
    }

    [Fact]
    public async Task Edge_UnknownContract_IsNotFound()
    {
        await using TestService service = await EdgeKit.StartAsync();
        (await AskAsync(service, "no-such", "")).AssertProblem(404, "no_such_route");
    }

    [Theory]
    [InlineData("beta.example", "beta")]
    [InlineData("BETA.example:8443", "beta")]
    [InlineData("shop.example", "alpha")]
    public async Task Tenant_Host_Tells(string host, string tenant)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(sink: sink);
        await AskAsync(service, "ext-authz", "/", host: host);
        Assert.Equal(tenant, sink.Last.Tenant);
    }

    [Fact]
    public async Task Tenant_Header_CountsOnlyWhereConfigured()
    {
        RecordingSink sink = new();
        await using (TestService service = await EdgeKit.StartAsync(sink: sink))
            await AskAsync(service, "ext-authz", "/", ("X-Tenant", "beta"));
        Assert.Equal("alpha", sink.Last.Tenant);
        await using TestService mapped = await EdgeKit.StartAsync(
            EdgeKit.Options with
            {
                TenantHeader = "x-tenant",
            },
            sink
        );
        await AskAsync(mapped, "ext-authz", "/", ("X-Tenant", "beta"));
        Assert.Equal("beta", sink.Last.Tenant);
    }

    [Theory]
    [InlineData(FailPolicy.Open, 200, "allow")]
    [InlineData(FailPolicy.Challenge, 302, "challenge")]
    [InlineData(FailPolicy.Closed, 403, "deny")]
    public async Task Tenant_Unknown_FollowsItsPolicy(FailPolicy policy, int status, string action)
    {
        RecordingSink sink = new();
        await using TestService service = await EdgeKit.StartAsync(
            EdgeKit.Options with
            {
                OnUnknownTenant = policy,
                Tenant = null,
            },
            sink
        );
        foreach (string host in (string[])["a.none.example", "unmapped.example", ""])
        {
            Answer answer = await AskAsync(service, "forward-auth", "/", host);
            Assert.Equal((status, action), (answer.Status, answer.Header("x-throughline-action")));
            Assert.StartsWith("0-", answer.Header("x-throughline-decision"));
        }
        Assert.Empty(sink.Decisions); // nobody's log
    }

    private static string Whole(Recorded request) =>
        request.Query.Length == 0 ? request.Path : $"{request.Path}?{request.Query}";

    private static Task<Answer> AskAsync(
        TestService service,
        string contract,
        string target,
        params (string, string)[] headers
    ) => AskAsync(service, contract, target, "shop.example", headers);

    /// <summary>Asks as that proxy would; the client came from 203.0.113.5 and claimed another address.</summary>
    private static Task<Answer> AskAsync(
        TestService service,
        string contract,
        string target,
        string host,
        params (string, string)[] headers
    )
    {
        (string, string)[] own = contract switch
        {
            "auth-request" => [("Host", host), ("X-Original-Method", "GET"), ("X-Original-URI", target)],
            "forward-auth" =>
            [
                ("X-Forwarded-Method", "GET"),
                ("X-Forwarded-Host", host),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Uri", target),
            ],
            _ => [("Host", host)],
        };
        string path = $"/v1/edge/{contract}{(contract == "ext-authz" ? target : "")}";
        return service.SendAsync(
            HttpMethod.Get,
            path,
            null,
            "",
            [.. own, ("X-Forwarded-For", "192.0.2.1, 203.0.113.5"), .. headers]
        );
    }

    private static async Task<string> RawAsync(TestService service, string head)
    {
        using RawRequest raw = await RawRequest.ConnectAsync(service);
        await raw.SendAsync(Encoding.Latin1.GetBytes($"{head}Connection: close\r\n\r\n"));
        return await raw.ReadAsync();
    }
}
