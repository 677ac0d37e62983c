using System.Text.Json.Nodes;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

public sealed class TenantEndpointsTests
{
    [Fact]
    public async Task Create_NewTenant_GivesAKeyThatWorksAtOnce()
    {
        await using TestService service = await TestService.StartAsync();
        Answer created = await PostAsync(
            service,
            "/v1/tenants",
            """{"id":"gamma","region":"eu","callingCode":"49","horizonDays":7,"corsOrigins":["https://gamma.example"]}"""
        );
        Assert.Equal((201, "gamma"), (created.Status, (string?)created.Json["tenant"]));
        Answer sent = await service.SendAsync(
            HttpMethod.Post,
            "/v1/events",
            TestService.Json(TestService.Click("e1")),
            (string)created.Json["apiKey"]!
        );
        Assert.Equal("accepted", sent.Statuses);
        Answer list = await service.GetAsync("/v1/tenants", ControlKey.Read(service.Folder));
        JsonArray tenants = list.Json["tenants"]!.AsArray();
        Assert.Equal(["alpha", "beta", "gamma"], tenants.Select(tenant => (string?)tenant!["id"]));
        Assert.Equal(
            ("eu", 7, "49"),
            ((string?)tenants[2]!["region"], (int)tenants[2]!["horizonDays"]!, (string?)tenants[2]!["callingCode"])
        );
        Assert.DoesNotContain("sha256", list.Text);
    }

    [Fact]
    public async Task IssueKey_ForATenant_WorksBesideTheFirst()
    {
        await using TestService service = await TestService.StartAsync();
        Answer issued = await PostAsync(service, "/v1/tenants/alpha/keys", "");
        Assert.Equal(201, issued.Status);
        Assert.Equal(200, (await service.GetAsync("/v1/campaigns", (string)issued.Json["apiKey"]!)).Status);
        Assert.Equal(200, (await service.GetAsync("/v1/campaigns")).Status);
        (await PostAsync(service, "/v1/tenants/nobody/keys", "")).AssertProblem(404, "not_found");
        (await PostAsync(service, "/v1/tenants/..%2Falpha/keys", "")).AssertProblem(404, "not_found");
    }

    [Theory]
    [InlineData("""{"id":"alpha"}""", 409, "tenant_exists", null)]
    [InlineData("""{"id":"Alpha"}""", 400, "bad_value", "/id")]
    [InlineData("""{"id":"../x"}""", 400, "bad_value", "/id")]
    [InlineData("""{}""", 400, "missing_field", "/id")]
    [InlineData("""{"id":"c","region":"E U"}""", 400, "bad_value", "/region")]
    [InlineData("""{"id":"c","callingCode":"x"}""", 400, "bad_value", "/callingCode")]
    [InlineData("""{"id":"c","horizonDays":0}""", 400, "bad_number", "/horizonDays")]
    [InlineData("""{"id":"c","corsOrigins":["*"]}""", 400, "bad_value", "/corsOrigins")]
    [InlineData("""{"id":"c","corsOrigins":[1]}""", 400, "wrong_type", "/corsOrigins")]
    [InlineData("""{"id":"c","more":1}""", 400, "unknown_field", "/more")]
    public async Task Create_NotValid_SaysWhy(string body, int status, string reason, string? pointer)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(service, "/v1/tenants", body);
        answer.AssertProblem(status, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
        Assert.Equal(2, service.Server.Registry.Tenants.Count);
    }

    private static Task<Answer> PostAsync(TestService service, string path, string body) =>
        service.SendAsync(HttpMethod.Post, path, TestService.Json(body), ControlKey.Read(service.Folder));
}
