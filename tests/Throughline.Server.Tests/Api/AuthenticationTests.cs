using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class AuthenticationTests
{
    public static TheoryData<string, string> Guarded =>
        new()
        {
            { "POST", "/v1/events" },
            { "POST", "/v1/customers/resolve" },
            { "GET", "/v1/customers/c" },
            { "GET", "/v1/customers/c/journey" },
            { "GET", "/v1/decisions/d" },
            { "GET", "/v1/conversions/c" },
            { "GET", "/v1/why/w" },
            { "PUT", "/v1/campaigns/c" },
            { "GET", "/v1/campaigns" },
            { "PUT", "/v1/blocked-values" },
            { "GET", "/v1/state" },
            { "GET", "/v1/tenants" },
            { "POST", "/v1/tenants" },
            { "POST", "/v1/tenants/alpha/keys" },
            { "POST", "/v1/tenants/alpha/replay" },
        };

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Request_WithoutAKnownKey_Is401AndSaysNoMore(string method, string path)
    {
        await using TestService service = await TestService.StartAsync();
        string[] keys = ["", "tl_wrong", service.AlphaKey[..^1], "tl_" + new string('A', 43), service.AlphaKey + " "];
        HashSet<string> answers = [];
        foreach (string key in keys[..4])
        {
            Answer answer = await service.SendAsync(new(method), path, TestService.Json("[]"), key);
            answer.AssertProblem(401, "unauthorized");
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            answers.Add(answer.Text);
        }
        Assert.Single(answers);
        Assert.Equal(0, service.Cells.Opened);
    }

    [Theory]
    [InlineData("Authorization", "Bearer KEY", 200)]
    [InlineData("Authorization", "bearer KEY", 200)]
    [InlineData("X-Api-Key", "KEY", 200)]
    [InlineData("Authorization", "Basic KEY", 401)]
    [InlineData("Authorization", "KEY", 401)]
    [InlineData("Cookie", "key=KEY", 401)]
    public async Task Request_Key_IsTakenFromTwoHeaders(string header, string value, int status)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/campaigns",
            null,
            "",
            (header, value.Replace("KEY", service.AlphaKey))
        );
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Request_KeyOfOneTenant_NeverReachesAnother()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json(TestService.Click("e1")));
        await service.SendAsync(
            HttpMethod.Post,
            "/v1/events",
            TestService.Json(TestService.Click("e1")),
            service.BetaKey,
            ("Throughline-Tenant", "alpha")
        );
        await service.SendAsync(HttpMethod.Get, "/v1/why/x", null, service.BetaKey, ("Throughline-Tenant", "alpha"));
        Assert.Equal((1, 1), (service.Alpha.EventCount, service.Cells["beta"].EventCount));
        Assert.Empty(service.Alpha.Queries);
        Assert.Single(service.Cells["beta"].Queries);
    }

    [Fact]
    public async Task Resolve_SameValue_HasAnotherTokenForEachTenant()
    {
        await using TestService service = await TestService.StartAsync();
        Task<Answer> Resolve(string key) =>
            service.SendAsync(
                HttpMethod.Post,
                "/v1/customers/resolve",
                TestService.Json("""{"type":"email","value":"ada@example.com"}"""),
                key
            );
        Assert.NotEqual((await Resolve(service.AlphaKey)).Text, (await Resolve(service.BetaKey)).Text);
    }

    [Theory]
    [InlineData("GET", "/v1/tenants")]
    [InlineData("POST", "/v1/tenants")]
    [InlineData("POST", "/v1/tenants/beta/keys")]
    [InlineData("POST", "/v1/tenants/beta/replay")]
    public async Task ControlRoute_WithATenantsKey_Is401(string method, string path)
    {
        await using TestService service = await TestService.StartAsync();
        (await service.SendAsync(new(method), path, TestService.Json("{}"))).AssertProblem(401, "unauthorized");
        Assert.Equal(2, service.Server.Registry.Tenants.Count);
    }

    [Fact]
    public async Task ControlKey_LiesInTheFolderForItsOwnerWhileTheServiceRuns()
    {
        TestService service = await TestService.StartAsync();
        string file = Path.Combine(service.Folder, "service.key");
        string? key = ControlKey.Read(service.Folder);
        Assert.Matches("^tlc_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await service.Server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(ControlKey.Read(service.Folder));
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("beta", 200)]
    [InlineData("nobody", 401)]
    [InlineData("../beta", 401)]
    [InlineData("", 401)]
    public async Task ControlKey_ActsForTheTenantThatIsNamed(string tenant, int status)
    {
        await using TestService service = await TestService.StartAsync();
        string key = ControlKey.Read(service.Folder)!;
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/campaigns",
            null,
            key,
            ("Throughline-Tenant", tenant)
        );
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, service.Cells.Opened);
    }
}
