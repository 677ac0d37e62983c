using System.Diagnostics;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Faults;

/// <summary>
/// The service is killed at random moments under load and started again over what it left: every acknowledged event is there,
/// none twice, and state and results are those of a clean run over the log.
/// </summary>
public sealed class KillTests
{
    private const int RoundsPerFolder = 10;

    // Far more than a round takes.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("memory")]
    [InlineData("mapped")]
    public async Task Serve_KilledUnderLoad_NothingAcknowledgedIsLost(string pages)
    {
        Random random = Seeds.Random();
        int rounds = LongTests.Rounds(normal: 4, full: 50);
        (long acknowledged, long stored, TimeSpan longest) = (0, 0, TimeSpan.Zero);
        for (int done = 0; done < rounds; done += RoundsPerFolder)
        {
            using TempFolder data = new();
            string key = await StoredTenant.CreateAsync(data.Path);
            Ledger ledger = new();
            int last = Math.Min(rounds, done + RoundsPerFolder) - 1;
            long held = 0;
            for (int round = done; round <= last; round++)
            {
                long started = Stopwatch.GetTimestamp();
                await RoundAsync(data.Path, pages, key, ledger, random, round, isAnswered: round == last);
                // The other half of the rounds leaves what the kill left to the next process.
                if (round == last || random.Next(2) == 0)
                    held = StoredTenant.Check(data.Path, ledger);
                TimeSpan took = Stopwatch.GetElapsedTime(started);
                longest = took > longest ? took : longest;
            }
            acknowledged += ledger.Acknowledged.Count;
            stored += held;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, {acknowledged} events acknowledged, {stored} stored, longest round {longest.TotalSeconds:0.0} s"
        );
        Assert.True(acknowledged > 0, "the load never came to an answer");
    }

    /// <param name="isAnswered">The kill comes after an answer: each connection begins its second request behind that to its first.</param>
    private static async Task RoundAsync(
        string data,
        string pages,
        string key,
        Ledger ledger,
        Random random,
        int round,
        bool isAnswered
    )
    {
        LoadBatch[] before = [.. ledger.Batches.TakeLast(20)];
        await using ServeProcess service = await ServeProcess.StartAsync(
            data,
            start =>
            {
                start.ArgumentList.Add("--state-pages");
                start.ArgumentList.Add(pages);
            }
        );
        using Senders senders = new(service.Address, key, ledger);
        // Some kills come while the store is being opened.
        bool isEarly = !isAnswered && random.Next(5) == 0;
        if (!isEarly)
        {
            foreach (LoadBatch batch in before)
                Assert.True(await senders.SendAsync(batch)); // the ledger takes nothing but "duplicate" now
            if (before.Length == 0)
                await senders.PublishAsync("spring");
        }
        int least = isAnswered ? Senders.Connections + 1 : 1;
        Task moment = senders.ReachAsync(isEarly ? 1 : before.Length + random.Next(least, 150));
        Task load = senders.RunAsync(random.Next(), $"r{round}");
        await moment.WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
        TimeSpan more = TimeSpan.FromMicroseconds(random.Next(20_000));
        for (long from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < more; )
            Thread.SpinWait(20);
        await service.KillAsync();
        await load.WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
