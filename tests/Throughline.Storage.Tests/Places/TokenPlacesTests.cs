using Throughline.Core.Events;
using Throughline.Storage.InMemory;
using Throughline.Storage.Log;
using Throughline.Storage.Places;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Places;

/// <summary>What is found by files is what a look through the whole log finds, whatever happened to the files and to the log's end.</summary>
public sealed class TokenPlacesTests : IDisposable
{
    private const int Stretch = 50;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Find_AnyLogGrowingLosingItsEndAndItsFiles_GivesWhatAScanGives()
    {
        Random random = Seeds.Random();
        Token[] people = [.. Enumerable.Range(0, 12).Select(_ => NextToken(random))];
        List<Shown> shown = [];
        TokenPlaces places = Places();
        for (int step = 0; step < 200; step++)
        {
            int cut = random.Next(8) == 0 ? random.Next(3 * Stretch) : 0;
            shown.RemoveRange(Math.Max(0, shown.Count - cut), Math.Min(cut, shown.Count)); // commits that were lost
            for (int i = random.Next(cut + Stretch); i >= 0; i--)
                shown.Add(new(NextToken(random), [.. people.Where(_ => random.Next(6) == 0).Take(10)]));
            ITenantLog log = LogOf(shown); // others at the places of those that were lost
            if (random.Next(4) == 0)
                places = Places();
            if (random.Next(4) == 0)
                Damage(random);
            if (random.Next(4) == 0)
                places.Prepare(log, log.NextPosition, default);
            Token[] asked = [.. people.Where(_ => random.Next(4) == 0), NextToken(random)];
            int end = random.Next(3) == 0 ? random.Next(shown.Count + 1) : shown.Count;

            long[] expected =
            [
                .. Enumerable.Range(0, end).Where(x => shown[x].Tokens.Intersect(asked).Any()).Select(x => (long)x),
            ];
            Assert.Equal(expected, places.Find(log, asked, end, default));
        }
        Assert.NotEmpty(Files());
    }

    [Fact]
    public void Find_WhatIsInFiles_ReadsOneRecordOfTheLogEach()
    {
        Random random = new(1);
        Token ada = NextToken(random);
        ITenantLog log = LogOf([
            .. Enumerable
                .Range(0, 3 * Stretch)
                .Select(i => new Shown(NextToken(random), [i % 40 == 0 ? ada : NextToken(random)])),
        ]);
        Places().Prepare(log, log.NextPosition, default);
        CountingLog counting = new(log);

        Assert.Equal([0, 40, 80, 120], Places().Find(counting, [ada], 3 * Stretch, default));

        Assert.Equal((3, 0), (counting.Reads, counting.Scans)); // the last of each stretch, to know the log again
    }

    [Fact]
    public void Find_OneInAllRecords_GivesAllOfThem()
    {
        Token shop = NextToken(new(2));
        ITenantLog log = LogOf([.. Enumerable.Range(1, 2000).Select(i => new Shown(new(7, (ulong)i), [shop, shop]))]);
        TokenPlaces places = new(folder.Path, PlacedRecords.Events, 1500);

        Assert.Equal(Enumerable.Range(0, 2000).Select(x => (long)x), places.Find(log, [shop], 2000, default));
        Assert.Equal(Enumerable.Range(0, 2000).Select(x => (long)x), places.Find(log, [shop], 2000, default));
    }

    [Fact]
    public void Find_Stopped_GoesOnNextTime()
    {
        Token shop = NextToken(new(3));
        ITenantLog log = LogOf([.. Enumerable.Range(1, 6000).Select(i => new Shown(new(7, (ulong)i), [shop]))]);
        TokenPlaces places = new(folder.Path, PlacedRecords.Events);
        using CancellationTokenSource stop = new();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => places.Find(log, [shop], 6000, stop.Token));
        Assert.Equal(6000, places.Find(log, [shop], 6000, default).Count);
    }

    [Fact]
    public void Find_WhereNoFileCanBeMade_AnswersAllTheSame()
    {
        Token ada = NextToken(new(4));
        ITenantLog log = LogOf([.. Enumerable.Range(1, 120).Select(i => new Shown(new(7, (ulong)i), [ada]))]);
        Directory.CreateDirectory(folder["places-events-00000000000000.tlpl/in-the-way"]);
        TokenPlaces places = Places();

        Assert.Equal(120, places.Find(log, [ada], 120, default).Count);
        places.Prepare(log, 120, default);
        Assert.Equal(120, places.Find(log, [ada], 120, default).Count);
        Assert.Equal("places-events-00000000000050.tlpl", Path.GetFileName(Assert.Single(Files())));
    }

    // One asks for what no file holds yet, and its log answers slowly: nobody else waits for it whose files are there.
    [Fact]
    public async Task Find_WhileAnotherMakesAFile_DoesNotWaitForIt()
    {
        Token ada = NextToken(new(5));
        ITenantLog log = LogOf([.. Enumerable.Range(1, 2 * Stretch).Select(i => new Shown(new(7, (ulong)i), [ada]))]);
        TokenPlaces places = Places();
        places.Prepare(log, Stretch, default);
        using StoppingLog slow = new(log, Stretch);
        Task<IReadOnlyList<long>> whole = Task.Run(() => places.Find(slow, [ada], 2 * Stretch, default));
        await slow.Stopped;

        Task<IReadOnlyList<long>> early = Task.Run(() => places.Find(log, [ada], Stretch, default));
        Assert.Equal(Stretch, (await early.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Count);
        Assert.False(whole.IsCompleted);

        slow.GoOn();
        Assert.Equal(2 * Stretch, (await whole.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(2, Files().Length);
    }

    // Any number at once, over a log that keeps its end: all answers are right, and each file is made once.
    [Fact]
    public async Task Find_ManyAtOnce_GiveWhatAScanGives()
    {
        Random random = Seeds.Random();
        Token[] people = [.. Enumerable.Range(0, 8).Select(_ => NextToken(random))];
        List<Shown> shown =
        [
            .. Enumerable
                .Range(0, 20 * Stretch + 7)
                .Select(_ => new Shown(NextToken(random), [.. people.Where(_ => random.Next(6) == 0)])),
        ];
        TokenPlaces places = Places();
        ITenantLog log = LogOf(shown);

        await Task.WhenAll(
            people.Select(
                (person, i) =>
                    Task.Run(() =>
                    {
                        int end = shown.Count - i * Stretch;
                        long[] expected =
                        [
                            .. Enumerable
                                .Range(0, end)
                                .Where(x => shown[x].Tokens.Contains(person))
                                .Select(x => (long)x),
                        ];
                        Assert.Equal(expected, places.Find(log, [person], end, default));
                    })
            )
        );
        Assert.Equal(20, Files().Length);
    }

    private TokenPlaces Places() => new(folder.Path, PlacedRecords.Events, Stretch);

    private string[] Files() => Directory.GetFiles(folder.Path, "places-events-*.tlpl");

    private void Damage(Random random)
    {
        foreach (string path in Files())
        {
            if (random.Next(3) != 0)
                continue;
            byte[] bytes = File.ReadAllBytes(path);
            switch (random.Next(4))
            {
                case 0:
                    File.Delete(path);
                    break;
                case 1:
                    File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
                    break;
                default:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    File.WriteAllBytes(path, bytes);
                    break;
            }
        }
    }

    private static InMemoryTenantLog LogOf(List<Shown> shown)
    {
        RecordBuffer events = new();
        EventRecordWriter writer = new();
        for (int i = 0; i < shown.Count; i++)
        {
            writer.Begin(EventType.Click, 1_000 + i, keyVersion: 1, backfill: false);
            foreach (Token token in shown[i].Tokens)
                writer.Identifier(1, token);
            writer.Complete(shown[i].Id, shown[i].Id, events);
            events.Seal();
        }
        InMemoryTenantLog log = new();
        log.Commit(new(events, new(), new DateOnly(2026, 5, 1)));
        return log;
    }

    private static Token NextToken(Random random) => new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64());

    private sealed record Shown(Token Id, Token[] Tokens);

    private class PassingLog(ITenantLog log) : ITenantLog
    {
        public long NextPosition => log.NextPosition;
        public long NextResult => log.NextResult;

        public void Commit(in LogBatch batch) => log.Commit(batch);

        public virtual void Read(long position, RecordBuffer target) => log.Read(position, target);

        public void ReadResult(long sequence, RecordBuffer target) => log.ReadResult(sequence, target);

        public virtual void Scan(long fromPosition, ScanHandler handler) => log.Scan(fromPosition, handler);

        public void ScanResults(long fromSequence, ScanHandler handler) => log.ScanResults(fromSequence, handler);

        public void Replace(IReadOnlyList<ReplacedEvent> events) => log.Replace(events);

        public void ReleaseIdle() => log.ReleaseIdle();

        public virtual void Dispose() { } // the log is the test's
    }

    private sealed class CountingLog(ITenantLog log) : PassingLog(log)
    {
        public int Reads { get; private set; }
        public int Scans { get; private set; }

        public override void Read(long position, RecordBuffer target)
        {
            Reads++;
            base.Read(position, target);
        }

        public override void Scan(long fromPosition, ScanHandler handler)
        {
            Scans++;
            base.Scan(fromPosition, handler);
        }
    }

    /// <summary>Stops where a scan begins at a place, until it is told to go on.</summary>
    private sealed class StoppingLog(ITenantLog log, long place) : PassingLog(log)
    {
        private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim goOn = new();

        public Task Stopped => stopped.Task.WaitAsync(Deadline);

        public void GoOn() => goOn.Set();

        public override void Scan(long fromPosition, ScanHandler handler)
        {
            if (fromPosition == place)
            {
                stopped.TrySetResult();
                Assert.True(goOn.Wait(Deadline), "nobody let it go on");
            }
            base.Scan(fromPosition, handler);
        }

        public override void Dispose()
        {
            goOn.Dispose();
            base.Dispose();
        }
    }
}
