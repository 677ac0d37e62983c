using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class CorsTests
{
    private static readonly ServeOptions Configured = new() { CorsOrigins = ["https://console.example"] };

    [Theory]
    [InlineData("https://console.example", true)]
    [InlineData("https://beta.example", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("https://console.example.evil", false)]
    [InlineData("http://console.example", false)]
    public async Task Preflight_Origin_IsPermittedByConfiguration(string origin, bool permitted)
    {
        await using TestService service = await TestService.StartAsync(Configured);
        Answer answer = await service.SendAsync(
            HttpMethod.Options,
            "/v1/events",
            null,
            "",
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type")
        );
        Assert.Equal(permitted ? 204 : 405, answer.Status);
        Assert.Equal(permitted ? origin : null, answer.Header("Access-Control-Allow-Origin"));
        if (permitted)
        {
            Assert.Contains("POST", answer.Header("Access-Control-Allow-Methods"));
            Assert.Contains("Authorization", answer.Header("Access-Control-Allow-Headers"));
            Assert.Equal("Origin", answer.Header("Vary"));
        }
    }

    [Theory]
    [InlineData("https://console.example", "alpha", true)]
    [InlineData("https://console.example", "beta", true)]
    [InlineData("https://beta.example", "beta", true)]
    [InlineData("https://beta.example", "alpha", false)]
    [InlineData("https://evil.example", "beta", false)]
    public async Task Request_Answer_IsReadableForTheTenantsOwnOrigins(string origin, string tenant, bool permitted)
    {
        await using TestService service = await TestService.StartAsync(Configured);
        string key = tenant == "alpha" ? service.AlphaKey : service.BetaKey;
        Answer answer = await service.SendAsync(HttpMethod.Get, "/v1/campaigns", null, key, ("Origin", origin));
        Assert.Equal(200, answer.Status);
        Assert.Equal(permitted ? origin : null, answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("Origin", answer.Header("Vary"));
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Request_Failed_IsReadableToo()
    {
        await using TestService service = await TestService.StartAsync(Configured);
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/campaigns",
            null,
            "",
            ("Origin", "https://console.example")
        );
        answer.AssertProblem(401, "unauthorized");
        Assert.Equal("https://console.example", answer.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Default_NoOrigin_IsPermitted()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/campaigns",
            null,
            null,
            ("Origin", "https://console.example")
        );
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Answer plain = await service.GetAsync("/v1/campaigns");
        Assert.Null(plain.Header("Vary"));
    }
}
