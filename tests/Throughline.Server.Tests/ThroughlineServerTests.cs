using System.Net;
using System.Net.Sockets;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Storage;
using Throughline.Testing;

namespace Throughline.Server.Tests;

public sealed class ThroughlineServerTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Health_IsToldWithoutAKey()
    {
        await using TestService service = await TestService.StartAsync();
        Assert.Equal("ok", (string?)(await service.GetAsync("/healthz", "")).Json["status"]);
        Answer ready = await service.GetAsync("/readyz", "");
        Assert.Equal(
            (200, "ready", 0),
            (ready.Status, (string?)ready.Json["status"], (int)ready.Json["damagedTenants"]!)
        );
    }

    [Fact]
    public async Task Start_FolderInUse_SaysByWhom()
    {
        await using TestService service = await TestService.StartAsync();
        ServeOptions options = Options(service.Folder, 0);
        StoreInUseException error = await Assert.ThrowsAsync<StoreInUseException>(() =>
            ThroughlineServer.StartAsync(options, new FakeCells(), Ended)
        );
        Assert.Contains($"process {Environment.ProcessId}", error.Message);
        Assert.Contains(service.Server.Addresses[0].Authority, error.Message);
        Assert.Equal(200, (await service.GetAsync("/readyz", "")).Status);
    }

    [Fact]
    public async Task Start_PortInUse_SaysByWhomAndLetsTheFolderGo()
    {
        using TempFolder folder = new();
        int port = LoopbackPort.Next();
        using TcpListener listener = new(IPAddress.Loopback, port);
        listener.Start();
        PortInUseException error = await Assert.ThrowsAsync<PortInUseException>(() =>
            ThroughlineServer.StartAsync(Options(folder.Path, port), new FakeCells(), Ended)
        );
        Assert.Contains($"http://127.0.0.1:{port} is in use", error.Message);
        if (OperatingSystem.IsLinux())
            Assert.Contains($"process {Environment.ProcessId} (", error.Message);
        listener.Stop();
        await using RunningServer server = await ThroughlineServer.StartAsync(
            Options(folder.Path, port),
            new FakeCells(),
            Ended
        );
        Assert.Equal(port, server.Addresses[0].Port);
    }

    [Fact]
    public async Task Stop_UnderLoad_LosesNothingThatWasAcknowledged()
    {
        TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json("[]"));
        TaskCompletionSource commit = new();
        FakeCell cell = service.Alpha;
        cell.HoldCommits(commit.Task);
        Task<Answer> pending = service.PostEventsAsync(TestService.Json(TestService.Click("e1")));
        await cell.FirstSubmission.SoonAsync();
        Task stopping = service.Server.StopAsync(Ended);
        await service.Server.WaitForStopAsync();
        Assert.False(cell.IsDisposed);
        commit.SetResult();
        Assert.Equal("accepted", (await pending).Statuses);
        await stopping;
        Assert.True(cell.IsDisposed);
        Assert.Equal(1, cell.EventCount);
        await Assert.ThrowsAsync<HttpRequestException>(() => service.GetAsync("/healthz", ""));
        await service.DisposeAsync();
    }

    [Fact]
    public async Task Start_AfterStop_FindsTenantsAndKeysAgain()
    {
        using TempFolder folder = new();
        string key;
        await using (
            RunningServer first = await ThroughlineServer.StartAsync(Options(folder.Path, 0), new FakeCells(), Ended)
        )
            key = first.Registry.Create(Server.Tenants.TenantId.Parse("shop"), new()).ApiKey;
        await using RunningServer second = await ThroughlineServer.StartAsync(
            Options(folder.Path, 0),
            new FakeCells(),
            Ended
        );
        Assert.True(second.Registry.TryAuthenticate(key, out _));
    }

    /// <summary>The web server would listen at all addresses of the machine for what it cannot read.</summary>
    [Theory]
    [InlineData("garbage")]
    [InlineData("http://127.0.0.1:80:80")]
    [InlineData("http://127.0.0.1.:8787")]
    [InlineData("http://my-host:8787")]
    [InlineData("http://:8787")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://127.0.0.1:8787/path")]
    [InlineData("http://localhost:0")]
    [InlineData("https://127.0.0.1:8787")]
    [InlineData("ftp://127.0.0.1:8787")]
    [InlineData("http://unix:/tmp/socket")]
    public async Task Start_AddressThatIsNone_IsRefusedAndNothingListens(string url)
    {
        using TempFolder folder = new();
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            ThroughlineServer.StartAsync(Options(folder.Path, 0) with { Urls = [url] }, new FakeCells(), Ended)
        );
        Assert.StartsWith("urls: ", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<ArgumentException>(() => Server.Edge.EdgeModel.Of(new() { GrpcUrl = url }));
        Assert.StartsWith("edge.grpcUrl: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:8787")]
    [InlineData("http://localhost:8787/")]
    [InlineData("http://0.0.0.0:8787")]
    [InlineData("http://*:8787")]
    public void Check_Addresses_AreLetThrough(string url) => ListenAddress.Check("urls", url);

    private static ServeOptions Options(string folder, int port) =>
        new()
        {
            DataFolder = folder,
            Urls = [$"http://127.0.0.1:{port}"],
            StopsOnSignals = false,
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        };
}
