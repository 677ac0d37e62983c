using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Cli.Tests.Faults;

/// <summary>
/// The n-th write, flush, truncation or rename below a tenant's folder fails under a running service: it goes on or refuses, and what it
/// acknowledged is there.
/// </summary>
public sealed class DiskFaultTests
{
    private const int Events = 200;
    private const int EventsPerBatch = 4;

    // About as many operations as such a run makes.
    private const int Operations = 450;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(FaultFs.InputOutputError)]
    [InlineData(FaultFs.NoSpace)]
    public Task Serve_OneOperationFails_GoesOnAndKeepsAll(int error) => RunAsync(error, forGood: false);

    [Theory]
    [InlineData(FaultFs.InputOutputError)]
    [InlineData(FaultFs.NoSpace)]
    public Task Serve_EveryLaterOperationFails_RefusesAndKeepsAll(int error) => RunAsync(error, forGood: true);

    /// <summary>No room for more pages of a mapped state: an error of that cell, and never a signal that ends the process.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serve_MappedStateHasNoRoom_TellsWhyAndKeepsAll(bool forGood)
    {
        const int More = 6_000; // events: more than a page holds ids of
        using TempFolder data = new();
        Ledger ledger = new();
        string key = await StoredTenant.CreateAsync(data.Path);
        string folder = StoredTenant.FolderOf(data.Path);
        await using ServeProcess service = await ServeProcess.StartAsync(
            data.Path,
            start =>
            {
                start.ArgumentList.Add("--state-pages");
                start.ArgumentList.Add("mapped");
                FaultFs.Preload(start, folder, FaultMode.Fail, 1, FaultFs.NoSpace, forGood, only: "reserve");
            }
        );
        using Senders senders = new(service.Address, key, ledger);
        LoadEvents events = new(Seeds.Next(), "m");
        bool refused = false;
        for (int sent = 0; sent < More && !refused; )
        {
            LoadBatch batch = events.Next();
            refused = !(forGood ? await senders.SendAsync(batch) : await InsistAsync(senders, batch));
            sent += batch.Ids.Length;
        }

        Assert.False(service.HasExited, "a full disk must not end the service");
        Assert.Equal(forGood, refused);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(folder),
            file => file.EndsWith("state.pages", StringComparison.Ordinal)
        );
        await service.KillAsync();
        Assert.Contains("state pages: cannot reserve space in", await service.Errors, StringComparison.Ordinal);
        StoredTenant.Check(data.Path, ledger);
    }

    private static async Task RunAsync(int error, bool forGood)
    {
        Random random = Seeds.Random();
        for (int round = 0; round < LongTests.Rounds(normal: 2, full: 50); round++)
        {
            int n = random.Next(1, Operations);
            TestContext.Current.TestOutputHelper?.WriteLine($"operation {n} fails");
            using TempFolder data = new();
            Ledger ledger = new();
            string key = await StoredTenant.CreateAsync(data.Path);
            string folder = StoredTenant.FolderOf(data.Path);
            await using ServeProcess service = await ServeProcess.StartAsync(
                data.Path,
                start => FaultFs.Preload(start, folder, FaultMode.Fail, n, error, forGood)
            );
            using Senders senders = new(service.Address, key, ledger);
            LoadEvents events = new(random.Next(), "d", EventsPerBatch);
            bool refused = false;
            for (int sent = 0; sent < Events && !refused; )
            {
                LoadBatch batch = events.Next();
                refused = !(forGood ? await senders.SendAsync(batch) : await InsistAsync(senders, batch));
                sent += batch.Ids.Length;
            }

            Assert.False(service.HasExited, "a failing disk must not end the service");
            Assert.True(forGood || !refused, "one failure is got over");
            await service.KillAsync();
            if (ledger.Acknowledged.Count > 0)
                StoredTenant.Check(data.Path, ledger);
        }
    }

    // Again and again, as a sender does that is told to come back.
    private static async Task<bool> InsistAsync(Senders senders, LoadBatch batch)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await senders.SendAsync(batch))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                return false;
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        return true;
    }
}
