using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Throughline.Storage;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Faults;

/// <summary>How a service ends when it is told to, and what a second one on the same folder or port is told.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Serve_TerminatedUnderLoad_EveryAnswerIsKept()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < LongTests.Rounds(normal: 2, full: 20); round++)
        {
            using TempFolder data = new();
            Ledger ledger = new();
            string key = await StoredTenant.CreateAsync(data.Path);
            await using ServeProcess service = await ServeProcess.StartAsync(data.Path);
            using Senders senders = new(service.Address, key, ledger);
            await senders.PublishAsync("spring");
            Task load = senders.RunAsync(random.Next(), "s");
            await senders.ReachAsync(random.Next(20, 200));

            service.Terminate();

            Assert.Equal(0, await service.EndAsync());
            await load;
            Assert.NotEmpty(ledger.Acknowledged);
            StoredTenant.Check(data.Path, ledger);
        }
    }

    [Fact]
    public async Task Serve_InputEnds_StopsInOrder()
    {
        using TempFolder data = new();
        await using ServeProcess service = await ServeProcess.StartAsync(
            data.Path,
            start =>
            {
                start.ArgumentList.Add("--until-input-ends");
                start.RedirectStandardInput = true;
            }
        );

        service.EndInput();

        Assert.Equal(0, await service.EndAsync());
    }

    [Fact]
    public async Task Bench_KilledWhileItsServiceRuns_TheServiceEndsToo()
    {
        using TempFolder data = new();
        string[] arguments = ["bench", "ingest", "--events", "3000000", "--tenants", "1", "--data", data.Path];
        using Process bench = ServeProcess.Start(arguments, prepare: null);
        Process service;
        try
        {
            string? line;
            do line = await bench.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            while (line is not null && !line.StartsWith("Over HTTP", StringComparison.Ordinal));
            Assert.NotNull(line);
            string folder = Assert.Single(Directory.GetDirectories(data.Path, "bench-*"));
            service = Process.GetProcessById(FolderLock.OwnerOf(Path.Combine(folder, "http"))!.Pid);
        }
        finally
        {
            bench.Kill(); // as kill -9
        }
        using (service)
        {
            Assert.NotEqual(bench.Id, service.Id);
            await service.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Serve_FolderIsHeld_ToldByWhom()
    {
        using TempFolder data = new();
        await using ServeProcess service = await ServeProcess.StartAsync(data.Path);

        (int exit, string output, string errors) = await ServeProcess.FailAsync(data.Path, "http://127.0.0.1:0");

        Assert.Equal(4, exit);
        Assert.Equal("store_in_use", CodeOf(output));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"process {service.Id} "),
            errors,
            StringComparison.Ordinal
        );
        Assert.Contains(service.Address.ToString().TrimEnd('/'), errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortIsHeld_ToldByWhom()
    {
        using TempFolder data = new();
        using TempFolder other = new();
        await using ServeProcess service = await ServeProcess.StartAsync(data.Path);

        (int exit, string output, string errors) = await ServeProcess.FailAsync(other.Path, service.Address.ToString());

        Assert.Equal(4, exit);
        Assert.Equal("port_in_use", CodeOf(output));
        Assert.Contains(service.Id.ToString(CultureInfo.InvariantCulture), errors, StringComparison.Ordinal);
    }

    private static string? CodeOf(string output)
    {
        using JsonDocument json = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        return json.RootElement.GetProperty("error").GetProperty("code").GetString();
    }
}
