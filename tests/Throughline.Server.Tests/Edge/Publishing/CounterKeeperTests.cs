using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>Counters go on after a restart.</summary>
public sealed class CounterKeeperTests
{
    private const string ThreeAnHour = """
        counters:
          - {name: hits, key: request.ip, window: 1h}
        rules:
          - {id: too-many, when: counter.hits > 3, action: deny}
        """;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counters_OrderlyRestart_GoOn()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(ThreeAnHour);
        for (int i = 0; i < 3; i++)
            Assert.StartsWith("allow", await service.AskAsync("/"));
        await service.Server.StopAsync(Ended);

        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        Assert.StartsWith("deny", await AskAsync(service, again, "198.51.100.7"));
        Assert.StartsWith("allow", await AskAsync(service, again, "198.51.100.8"));
    }

    [Fact]
    public async Task Counters_EditedRule_KeepAndEditedWindow_Lose()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(ThreeAnHour);
        for (int i = 0; i < 4; i++)
            await service.AskAsync("/");
        await service.Server.StopAsync(Ended);
        await using (RunningServer again = await GateKit.RestartAsync(service.Folder))
        {
            await PublishAsync(service, again, ThreeAnHour.Replace("> 3", "> 4", StringComparison.Ordinal));
            Assert.StartsWith("deny", await AskAsync(service, again, "198.51.100.7"));
            await PublishAsync(service, again, ThreeAnHour.Replace("1h", "2h", StringComparison.Ordinal));
            Assert.StartsWith("allow", await AskAsync(service, again, "198.51.100.7"));
        }
    }

    [Fact]
    public async Task Counters_TimePasses_AreSavedWithoutAStop()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
            },
            time => new TenantCellFactory(time, NullLoggerFactory.Instance),
            clock
        );
        await service.PublishAsync(ThreeAnHour);
        await service.AskAsync("/");
        string file = Path.Combine(service.Folder, "tenants", "alpha", "gate-counters.sealed");
        Assert.False(File.Exists(file));
        clock.Advance(TimeSpan.FromSeconds(30));
        await Waiting.UntilAsync(() => Task.FromResult(File.Exists(file)));
        DateTime written = File.GetLastWriteTimeUtc(file);
        await service.Server.StopAsync(Ended);
        Assert.Equal(written, File.GetLastWriteTimeUtc(file)); // nothing had changed
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Counters_DamagedOrForeignImage_StartEmptyAndAreSavedAnew(bool isForeign)
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(ThreeAnHour);
        for (int i = 0; i < 4; i++)
            await service.AskAsync("/");
        await service.Server.StopAsync(Ended);
        string tenant = Path.Combine(service.Folder, "tenants", "alpha");
        string file = Path.Combine(tenant, "gate-counters.sealed");
        if (isForeign)
        {
            await using TestService other = await GateKit.StartAsync();
            await other.PublishAsync(ThreeAnHour);
            await other.AskAsync("/");
            await other.Server.StopAsync(Ended);
            File.Copy(Path.Combine(other.Folder, "tenants", "alpha", "gate-counters.sealed"), file, overwrite: true);
        }
        else
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, Ended);
            bytes[^40] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, Ended);
        }
        string told = Assert.Single(
            await LoadAsync(service.Folder),
            line => line.Contains("saved counters", StringComparison.Ordinal)
        );
        Assert.Contains("all counters start empty: " + file + ": it was changed, or", told, StringComparison.Ordinal);
        await using (RunningServer again = await GateKit.RestartAsync(service.Folder))
        {
            for (int i = 0; i < 3; i++)
                Assert.StartsWith("allow", await AskAsync(service, again, "198.51.100.7"));
        }
        await using RunningServer third = await GateKit.RestartAsync(service.Folder);
        Assert.StartsWith("deny", await AskAsync(service, third, "198.51.100.7"));
    }

    [Fact]
    public async Task Counters_TwoTenants_HashWithSecretsOfTheirOwn()
    {
        await using TestService service = await GateKit.StartAsync();
        TenantRegistry registry = service.Server.Registry;
        using CellLease alpha = await registry.UseAsync(TenantId.Parse("alpha"), Ended);
        using CellLease beta = await registry.UseAsync(TenantId.Parse("beta"), Ended);
        Assert.NotEqual(alpha.Cell.Gate.HashSecret, beta.Cell.Gate.HashSecret);
        Assert.NotEqual(default, alpha.Cell.Gate.HashSecret);
    }

    // What a start tells of the gate.
    private static async Task<IReadOnlyCollection<string>> LoadAsync(string folder)
    {
        LogRecorder log = new();
        await using TenantRegistry registry = new(
            folder,
            new TenantCellFactory(TimeProvider.System, NullLoggerFactory.Instance),
            TimeProvider.System
        );
        using EdgeService edge = new(EdgeModel.Of(new()), registry, null, NoSink.Instance, TimeProvider.System, log);
        using GateKeeper keeper = new(registry, edge, null, TimeProvider.System, log);
        await keeper.StartAsync(Ended);
        return log.Lines;
    }

    private static async Task<string> AskAsync(TestService service, RunningServer server, string address)
    {
        using HttpClient client = ClientOf(service, server);
        using HttpContent body = TestService.Json(
            $$"""{"method":"GET","host":"shop.example","path":"/","address":"{{address}}","headers":[["user-agent","curl/8"]]}"""
        );
        using HttpResponseMessage answer = await client.PostAsync("/v1/decisions", body, Ended);
        string text = await answer.Content.ReadAsStringAsync(Ended);
        return (string)System.Text.Json.Nodes.JsonNode.Parse(text)!["action"]!;
    }

    private static async Task PublishAsync(TestService service, RunningServer server, string yaml)
    {
        using HttpClient client = ClientOf(service, server);
        using HttpContent body = TestService.Content(System.Text.Encoding.UTF8.GetBytes(yaml), "application/yaml");
        using HttpResponseMessage answer = await client.PutAsync("/v1/gate/rules?author=ann", body, Ended);
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static HttpClient ClientOf(TestService service, RunningServer server)
    {
        HttpClient client = new() { BaseAddress = server.Addresses[0] };
        client.DefaultRequestHeaders.Authorization = new("Bearer", service.AlphaKey);
        return client;
    }
}
