using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Storage.Log;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>
/// The n-th commit of a run of 200 events fails, for every n: what was answered is there, what is not there was not answered,
/// every caller is answered, and the store serves again or says why not.
/// </summary>
public sealed class CommitFaultTests
{
    private const int Events = 200;

    [Theory]
    [InlineData(CommitFault.Before, false, true)]
    [InlineData(CommitFault.After, false, true)]
    [InlineData(CommitFault.Lost, false, true)]
    [InlineData(CommitFault.Before, true, true)]
    [InlineData(CommitFault.After, true, true)]
    [InlineData(CommitFault.Before, true, false)]
    [InlineData(CommitFault.After, true, false)]
    public async Task Commit_NthFails_NothingAcknowledgedIsLost(CommitFault fault, bool forGood, bool opens)
    {
        Workload workload = new(Seeds.Next());
        (Token digest, _) = await workload.RunAsync(new(0, fault, forGood));
        int cases = 0;
        while (true)
        {
            FaultyDisk disk = new(cases + 1, fault, forGood, opens);
            (Token found, long commits) = await workload.RunAsync(disk);
            if (!disk.Fired)
            {
                Assert.True(commits <= cases); // so every commit of a run has failed once
                break;
            }
            cases++;
            Assert.True(found == digest, $"commit {cases}: the results differ from those of a clean run");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} commits failed, each in a run of its own");
        Assert.InRange(cases, Events / 4, 10 * Events);
    }

    /// <summary>The same events in the same submissions, for each run.</summary>
    private sealed class Workload
    {
        private readonly List<byte[][]> submissions = [];

        public Workload(int seed)
        {
            Random random = new(seed);
            byte[][] records = [.. new FactGenerator(seed).Generate(Events - 2).Select(fact => fact.Encode())];
            for (int from = 0; from < records.Length; )
            {
                int count = Math.Min(random.Next(1, 4), records.Length - from);
                submissions.Add(records[from..(from + count)]);
                from += count;
            }
        }

        public async Task<(Token Digest, long Commits)> RunAsync(FaultyDisk disk)
        {
            await using WriterRun run = new(disk.Open);
            Queue<byte[][]> refused = [];
            foreach (byte[][] submission in submissions)
            {
                if (!await TryAsync(run, disk, submission))
                    refused.Enqueue(submission);
            }
            disk.Heal();
            run.Clock.Advance(TenantWriter.ReopenPause);
            while (refused.TryDequeue(out byte[][]? again))
                Assert.True(await TryAsync(run, disk, again), "a healed disk is used again");
            await CheckAsync(run, disk);
            await run.SettleAsync();
            (Token digest, Token pages, ITenantLog log) = await run.AskAsync(store =>
                (store.Machine.ResultsDigest(), store.Machine.PageHash(), store.Log)
            );
            TenantMachine clean = LogReplay.Run(log, log.NextPosition, WriterRun.Settings, ReplayOrder.Log).Machine;
            Assert.Equal(clean.ResultsDigest(), digest);
            Assert.Equal(clean.PageHash(), pages);
            return (digest, disk.Commits);
        }

        // What is answered is on the disk at that moment; what fails says why.
        private static async Task<bool> TryAsync(WriterRun run, FaultyDisk disk, byte[][] records)
        {
            try
            {
                IReadOnlyList<ApplyStatus> statuses = await run.SubmitAsync(records);
                Assert.Equal(records.Length, statuses.Count);
                Assert.All(statuses, status => Assert.True(status is ApplyStatus.Accepted or ApplyStatus.Duplicate));
                Assert.All(records, record => Assert.True(disk.Holds(IdOf(record)), "answered, but not durable"));
                return true;
            }
            catch (CellClosedException told)
            {
                Assert.Contains(FaultyDisk.Message, told.Message, StringComparison.Ordinal);
                Assert.True(disk.Fired);
                return false;
            }
        }

        private async Task CheckAsync(WriterRun run, FaultyDisk disk)
        {
            IReadOnlyList<ApplyStatus> again = await run.SubmitAsync(submissions.SelectMany(records => records));
            Assert.All(again, status => Assert.Equal(ApplyStatus.Duplicate, status));
            Assert.Equal(0, disk.Doubled);
            List<Token> logged = await run.AskAsync(IdsOf);
            Assert.Equal(logged.Count, logged.Distinct().Count());
            Assert.Equal(Events, logged.Count);
        }

        private static List<Token> IdsOf(TenantStore store)
        {
            List<Token> ids = [];
            store.Log.Scan(
                0,
                (_, bytes) =>
                {
                    EventRecord record = EventRecord.FromTrusted(bytes);
                    if (record.Type != EventType.Tick)
                        ids.Add(record.Id);
                    return true;
                }
            );
            return ids;
        }

        private static Token IdOf(byte[] record) => EventRecord.FromTrusted(record).Id;
    }
}
