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

    private static ServeOptions Options(string folder, int port) =>
        new()
        {
            DataFolder = folder,
            Urls = [$"http://127.0.0.1:{port}"],
            StopsOnSignals = false,
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        };
}
