using System.Text;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("GET", "/", 404, "no_such_route")]
    [InlineData("GET", "/v1/nothing", 404, "no_such_route")]
    [InlineData("GET", "/v1/why/", 404, "no_such_route")]
    [InlineData("GET", "/v1/events", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/campaigns/c", 405, "method_not_allowed")]
    [InlineData("PUT", "/v1/campaigns/c", 415, "unsupported_media_type")]
    public async Task Request_WithoutARoute_IsAProblem(string method, string path, int status, string reason)
    {
        await using TestService service = await TestService.StartAsync();
        (await service.SendAsync(new(method), path)).AssertProblem(status, reason);
    }

    [Fact]
    public async Task Request_ServiceFails_Is500AndSaysNothingOfIt()
    {
        await using TestService service = await TestService.StartAsync();
        await service.GetAsync("/v1/campaigns");
        service.Alpha.QueryFailure = new InvalidOperationException("secret ada@example.com");
        Answer answer = await service.GetAsync("/v1/decisions/d");
        answer.AssertProblem(500, "internal");
        Assert.DoesNotContain("secret", answer.Text);
        Assert.DoesNotContain("InvalidOperation", answer.Text);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("GET /%zz%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    public async Task Request_NotHttp_IsRefusedByTheWebServer(string text)
    {
        await using TestService service = await TestService.StartAsync();
        using RawRequest request = await RawRequest.ConnectAsync(service);
        await request.SendAsync(Encoding.ASCII.GetBytes(text));
        string answer = await request.ReadAsync();
        Assert.Matches("^HTTP/1.1 (4..|505) ", answer);
        Assert.Equal(200, (await service.GetAsync("/healthz", "")).Status);
    }

    [Fact]
    public async Task Request_HeadersTooLarge_IsRefused()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/healthz",
            null,
            null,
            ("X-Large", new string('x', 40_000))
        );
        Assert.Equal(431, answer.Status);
    }
}
