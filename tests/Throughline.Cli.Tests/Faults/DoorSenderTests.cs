using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Server.Tenants;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Faults;

/// <summary>
/// The senders of Segment, RudderStack and Snowplow, as npm has them, send 10,000 events each while the service is killed and later
/// stopped: all of them are in the log, each once.
/// </summary>
public sealed class DoorSenderTests
{
    private const int Events = 10_000;
    private const int KillAt = 3_000;
    private const int StopAt = 6_500;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("segment")]
    [InlineData("rudder")]
    [InlineData("snowplow")]
    public async Task Sender_ThroughAKillAndARestart_LosesNothing(string sender)
    {
        string folder = RequireSenders();
        using TempFolder data = new();
        await StoredTenant.CreateAsync(data.Path);
        string key = await IssueWriteKeyAsync(data.Path);
        Ledger ledger = new();
        long started = Stopwatch.GetTimestamp();
        // Of those that no connection is given: the senders try again and again while nobody listens there.
        Uri address = new($"http://127.0.0.1:{LoopbackPort.Next()}");
        ServeProcess service = await ServeProcess.StartAsync(data.Path, start => ListenAt(start, address));
        try
        {
            using Process process = Start(folder, sender, address, key);
            Task<string> errors = process.StandardError.ReadToEndAsync(Ended);
            int restarts = 0;
            JsonElement last = default;
            while (await ReadLineAsync(process) is { } line)
            {
                last = JsonElement.Parse(line);
                int acknowledged = last.TryGetProperty("acknowledged", out JsonElement count) ? count.GetInt32() : 0;
                if (restarts == 0 && acknowledged >= KillAt)
                    await service.KillAsync();
                else if (restarts == 1 && acknowledged >= StopAt)
                {
                    service.Terminate();
                    Assert.Equal(0, await service.EndAsync());
                }
                else
                    continue;
                restarts++;
                await service.DisposeAsync();
                service = await ServeProcess.StartAsync(data.Path, start => ListenAt(start, address));
            }
            await process.WaitForExitAsync(Ended);
            Assert.True(process.ExitCode == 0, await errors);
            Assert.Equal(2, restarts);
            Assert.Empty(last.GetProperty("failures").EnumerateArray().Select(failure => failure.GetString()));
            ledger.Acknowledge([.. last.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)]);
            service.Terminate();
            await service.EndAsync();
        }
        finally
        {
            await service.DisposeAsync();
        }
        Assert.Equal(Events, ledger.Acknowledged.Count);
        StoredTenant.Check(data.Path, ledger);
        Assert.Equal(Events, StoredTenant.Count(data.Path, EventType.Nurture));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sender}: {Events} events in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, two restarts included"
        );
    }

    private static async Task<string> IssueWriteKeyAsync(string data)
    {
        TenantCellFactory cells = new(TimeProvider.System, NullLoggerFactory.Instance);
        await using TenantRegistry registry = new(data, cells, TimeProvider.System);
        return registry.IssueKey(TenantId.Parse(StoredTenant.Name), writeOnly: true);
    }

    private static Process Start(string folder, string sender, Uri address, string key)
    {
        string root = address.ToString().TrimEnd('/');
        ProcessStartInfo start = new("node", ["send.js", sender, root, key, $"{Events}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static Task<string?> ReadLineAsync(Process process) =>
        process.StandardOutput.ReadLineAsync(Ended).AsTask().WaitAsync(Deadline, TimeProvider.System, Ended);

    // Senders know one address: the service comes back there.
    private static void ListenAt(ProcessStartInfo start, Uri address) =>
        start.ArgumentList[start.ArgumentList.IndexOf("--urls") + 1] = address.ToString().TrimEnd('/');

    private static string RequireSenders()
    {
        string folder = Repository.PathOf("tests/door-client");
        if (Directory.Exists(Path.Combine(folder, "node_modules")))
            return folder;
        const string Missing = "tests/door-client has no node_modules (./test installs them)";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(Missing);
        Assert.Skip(Missing);
        return folder;
    }
}
