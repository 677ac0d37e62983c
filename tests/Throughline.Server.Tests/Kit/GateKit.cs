using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge;
using Throughline.Server.Tenants;
using Throughline.Testing;

namespace Throughline.Server.Tests.Kit;

/// <summary>What tests of the gate's publications and records have in common.</summary>
internal static class GateKit
{
    public const string DenySecret = """
        rules:
          - id: no-secret
            when: request.path == '/secret'
            action: deny
        """;

    /// <summary>A service over its own stores whose edge serves tenant alpha, and is in no hurry: a busy machine must not decide tests.</summary>
    public static Task<TestService> StartAsync() =>
        TestService.StartAsync(
            new ServeOptions
            {
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
            },
            clock => new TenantCellFactory(clock, NullLoggerFactory.Instance)
        );

    /// <summary>A second run over the same folder, which the first has left.</summary>
    public static Task<RunningServer> RestartAsync(string folder) =>
        ThroughlineServer.StartAsync(
            new ServeOptions
            {
                DataFolder = folder,
                Urls = ["http://127.0.0.1:0"],
                StopsOnSignals = false,
                LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
                Clock = new FakeTimeProvider(TestService.Now.AddMinutes(1)),
            },
            TestContext.Current.CancellationToken
        );

    public static Task<Answer> PublishAsync(this TestService service, string yaml, string more = "") =>
        service.SendAsync(
            HttpMethod.Put,
            $"/v1/gate/rules?author=ann{more}",
            TestService.Content(Encoding.UTF8.GetBytes(yaml), "application/yaml")
        );

    public static Task<Answer> PostAsync(this TestService service, string path, string json) =>
        service.SendAsync(HttpMethod.Post, path, TestService.Json(json));

    /// <summary>What the gate says of a request, as <c>deny by no-secret in version 1</c>.</summary>
    public static async Task<string> AskAsync(this TestService service, string path, string address = "198.51.100.7")
    {
        JsonNode decision = (
            await service.PostAsync(
                "/v1/decisions",
                $$"""{"method":"GET","host":"shop.example","path":"{{path}}","address":"{{address}}","headers":[["user-agent","curl/8"]]}"""
            )
        ).Json;
        return $"{decision["action"]} by {decision["rule"] ?? "nobody"} in version {decision["version"]}";
    }
}
