using Throughline.Core.Events;
using Throughline.Storage.InMemory;
using Throughline.Storage.Log;
using Throughline.Storage.Places;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Places;

/// <summary>What is found by files is what a look through the whole log finds, whatever happened to the files and to the log's end.</summary>
public sealed class TokenPlacesTests : IDisposable
{
    private const int Stretch = 20;
    private const int Fan = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Find_AnyLogGrowingLosingItsEndAndItsFiles_GivesWhatAScanGives()
    {
        Random random = Seeds.Random();
        Token[] people = [.. Enumerable.Range(0, 12).Select(_ => NextToken(random))];
        List<Shown> shown = [];
        Dictionary<string, byte[]> before = [];
        TokenPlaces places = Places();
        for (int step = 0; step < 120; step++)
        {
            int cut = random.Next(8) == 0 ? random.Next(3 * Stretch) : 0;
            shown.RemoveRange(Math.Max(0, shown.Count - cut), Math.Min(cut, shown.Count)); // commits that were lost
            for (int i = random.Next(cut + Stretch); i >= 0; i--)
                shown.Add(new(NextToken(random), [.. people.Where(_ => random.Next(6) == 0).Take(10)]));
            ITenantLog log = LogOf(shown); // others at the places of those that were lost
            if (random.Next(4) == 0)
                places = Places();
            if (random.Next(6) == 0)
                Damage(random);
            if (random.Next(6) == 0)
                PutBack(before, random);
            before = Files().ToDictionary(path => path, File.ReadAllBytes);
            if (random.Next(3) == 0)
                Prepare(places, log, random);
            Token[] asked = [.. people.Where(_ => random.Next(4) == 0), NextToken(random)];
            int end = random.Next(3) == 0 ? random.Next(shown.Count + 1) : shown.Count;

            Assert.Equal(Scan(shown, asked, end), places.Find(log, asked, end, default));
        }
        Assert.NotEmpty(Files());
    }

    // As many as the number of stretches has in its digits, in a system whose base is the fan.
    [Fact]
    public void Find_LogsOfAnyLength_OpensFilesAsTheirLogarithm()
    {
        Random random = Seeds.Random();
        Token ada = NextToken(random);
        List<Shown> shown =
        [
            .. Enumerable
                .Range(0, 250 * Stretch)
                .Select(i => new Shown(NextToken(random), [i % 40 == 0 ? ada : NextToken(random)])),
        ];
        ITenantLog log = LogOf(shown);
        TokenPlaces places = Places();
        for (int stretches = 0; stretches <= 250; stretches += 1 + random.Next(40))
        {
            places.Prepare(log, stretches * Stretch, default);
            CountingLog counting = new(log);

            Assert.Equal(
                Scan(shown, [ada], stretches * Stretch),
                Places().Find(counting, [ada], stretches * Stretch, default)
            );

            // The last record of each file, to know the log again.
            Assert.Equal((FilesOf(stretches), 0), (counting.Reads, counting.Scans));
            Assert.Equal(FilesOf(stretches), Files().Length);
        }
    }

    [Fact]
    public void Find_PageOfALargeFileDamaged_MakesItAnew()
    {
        Random random = Seeds.Random();
        Token[] people = [.. Enumerable.Range(0, 300).Select(_ => NextToken(random))];
        List<Shown> shown =
        [
            .. Enumerable
                .Range(0, 9 * Stretch)
                .Select(_ => new Shown(NextToken(random), [.. people.Where(_ => random.Next(60) == 0).Take(10)])),
        ];
        ITenantLog log = LogOf(shown);
        TokenPlaces places = Places();
        places.Prepare(log, shown.Count, default);
        string large = Assert.Single(Files());
        byte[] whole = File.ReadAllBytes(large);
        byte[] damaged = [.. whole];
        damaged[PlaceFile.PageBytes + random.Next(PlaceFile.PageBytes)] ^= 1; // of the page after the head
        File.WriteAllBytes(large, damaged);

        foreach (Token person in people)
            Assert.Equal(Scan(shown, [person], shown.Count), places.Find(log, [person], shown.Count, default));
        Assert.Equal(9, Files().Length); // instead of that one

        places.Prepare(log, shown.Count, default);
        Assert.Equal(large, Assert.Single(Files()));
        Assert.Equal(whole, File.ReadAllBytes(large));
    }

    // A crash between a merged file and the deletion of some of those it was made of.
    [Fact]
    public void Prepare_PartsLeftBesideWhatTheyBecame_DeletesThem()
    {
        Random random = Seeds.Random();
        Token ada = NextToken(random);
        CountingLog log = new(
            LogOf([.. Enumerable.Range(1, 9 * Stretch).Select(i => new Shown(new(7, (ulong)i), [ada]))])
        );
        Dictionary<string, byte[]> parts = [];
        for (int stretches = 1; stretches <= 9; stretches++)
        {
            Places().Prepare(log, stretches * Stretch, default);
            foreach (string path in Files())
                parts[path] = File.ReadAllBytes(path);
        }
        string whole = Assert.Single(Files());
        string[] left = [.. parts.Keys.Where(path => path != whole && random.Next(2) == 0)];
        foreach (string path in left)
            File.WriteAllBytes(path, parts[path]);

        Assert.Equal(9 * Stretch, Places().Find(log, [ada], 9 * Stretch, default).Count);
        Assert.Equal(left.Length + 1, Files().Length);
        Places().Prepare(log, 9 * Stretch, default);

        Assert.Equal(whole, Assert.Single(Files()));
        Assert.Equal(9, log.Scans);
    }

    [Fact]
    public void Prepare_FilesOfTheFirstForm_AreGone()
    {
        Token ada = NextToken(new(6));
        ITenantLog log = LogOf([.. Enumerable.Range(1, 2 * Stretch).Select(i => new Shown(new(7, (ulong)i), [ada]))]);
        string[] old = [folder["places-events-00000000000000.tlpl"], folder["places-events-00000000000020.tlpl"]];
        foreach (string path in old)
            File.WriteAllBytes(path, [.. PlaceFile.Magic, 1, 0, 0, 0, .. new byte[5_000]]);
        TokenPlaces places = Places();

        Assert.Equal(2 * Stretch, places.Find(log, [ada], 2 * Stretch, default).Count);
        places.Prepare(log, 2 * Stretch, default);

        Assert.Equal(2, Files().Length);
        Assert.DoesNotContain(Files(), old.Contains);
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
        Directory.CreateDirectory(folder["places-events-00000000000000-20.tlpl/in-the-way"]);
        TokenPlaces places = Places();

        Assert.Equal(120, places.Find(log, [ada], 120, default).Count);
        places.Prepare(log, 120, default);
        Assert.Equal(120, places.Find(log, [ada], 120, default).Count);
        string[] made = [.. Files().Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "places-events-00000000000020-20.tlpl", // their parts are not all there
                "places-events-00000000000040-20.tlpl",
                "places-events-00000000000060-60.tlpl",
            ],
            made
        );
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
                        Assert.Equal(Scan(shown, [person], end), places.Find(log, [person], end, default));
                    })
            )
        );
        Assert.Equal(20, Files().Length);
    }

    // Files become one while they are looked up: nobody needs the log instead.
    [Fact]
    public async Task Find_WhileFilesAreMerged_FindsThemOrWhatTheyBecame()
    {
        Random random = Seeds.Random();
        Token[] people = [.. Enumerable.Range(0, 4).Select(_ => NextToken(random))];
        List<Shown> shown =
        [
            .. Enumerable
                .Range(0, 27 * Stretch)
                .Select(_ => new Shown(NextToken(random), [.. people.Where(_ => random.Next(6) == 0)])),
        ];
        CountingLog log = new(LogOf(shown));
        new TokenPlaces(folder.Path, PlacedRecords.Events, Stretch, fan: 1_000_000).Prepare(log, shown.Count, default);
        Assert.Equal((27, 27), (Files().Length, log.Scans));
        TokenPlaces places = Places();
        Task merging = Task.Run(() => places.Prepare(log, shown.Count, default), TestContext.Current.CancellationToken);
        Task[] askers =
        [
            .. people.Select(person =>
                Task.Run(() =>
                {
                    long[] expected = Scan(shown, [person], shown.Count);
                    do Assert.Equal(expected, places.Find(log, [person], shown.Count, default));
                    while (!merging.IsCompleted);
                })
            ),
        ];
        await merging.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await Task.WhenAll(askers).WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.Single(Files());
        Assert.Equal(27, log.Scans);
    }

    private TokenPlaces Places() => new(folder.Path, PlacedRecords.Events, Stretch, Fan);

    private string[] Files() => Directory.GetFiles(folder.Path, "places-events-*.tlpl");

    private static int FilesOf(int stretches) => stretches == 0 ? 0 : stretches % Fan + FilesOf(stretches / Fan);

    private static long[] Scan(List<Shown> shown, Token[] asked, int end) =>
        [.. Enumerable.Range(0, end).Where(x => shown[x].Tokens.Intersect(asked).Any()).Select(x => (long)x)];

    // Sometimes stopped on the way.
    private static void Prepare(TokenPlaces places, ITenantLog log, Random random)
    {
        using CancellationTokenSource stop = new();
        int uses = random.Next(2) == 0 ? int.MaxValue : random.Next(12);
        try
        {
            places.Prepare(
                new WatchedLog(
                    log,
                    () =>
                    {
                        if (uses-- == 0)
                            stop.Cancel();
                    }
                ),
                log.NextPosition,
                stop.Token
            );
        }
        catch (OperationCanceledException) { }
    }

    // As a crash leaves it: some of the files that others were made of are still there, and something is under way.
    private void PutBack(Dictionary<string, byte[]> before, Random random)
    {
        foreach ((string path, byte[] bytes) in before)
            if (random.Next(2) == 0)
                File.WriteAllBytes(path, bytes);
        foreach (string path in Files())
            if (random.Next(8) == 0)
                File.WriteAllBytes(path + ".tmp", new byte[random.Next(9_000)]);
    }

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
        private int reads;
        private int scans;

        public int Reads => reads;
        public int Scans => scans;

        public override void Read(long position, RecordBuffer target)
        {
            Interlocked.Increment(ref reads);
            base.Read(position, target);
        }

        public override void Scan(long fromPosition, ScanHandler handler)
        {
            Interlocked.Increment(ref scans);
            base.Scan(fromPosition, handler);
        }
    }

    /// <summary>Tells of each use.</summary>
    private sealed class WatchedLog(ITenantLog log, Action onUse) : PassingLog(log)
    {
        public override void Read(long position, RecordBuffer target)
        {
            onUse();
            base.Read(position, target);
        }

        public override void Scan(long fromPosition, ScanHandler handler)
        {
            onUse();
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
