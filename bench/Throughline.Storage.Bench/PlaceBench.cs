using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Storage.Log;
using Throughline.Storage.Places;

namespace Throughline.Storage.Bench;

/// <summary>How long it takes to note where tokens are, and to find the records of one; the log is made up as it is read.</summary>
internal static class PlaceBench
{
    private const int Lookups = 2_000;

    public static void Run(int millions)
    {
        string folder = Directory.CreateTempSubdirectory("throughline-bench-").FullName;
        long events = millions * 1_000_000L;
        using MadeUpLog log = new(events);
        long started = Stopwatch.GetTimestamp();
        TokenPlaces places = new(folder, PlacedRecords.Events);
        places.Prepare(log, events, default);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        FileInfo[] files = [.. new DirectoryInfo(folder).GetFiles()];
        Console.WriteLine(
            $"prepare: {seconds:F1} s, {events / seconds:N0} events/s, {files.Length} files, {files.Sum(x => x.Length) / (double)events:F1} bytes an event"
        );
        places.Find(log, [log.PersonOf(0)], events, default); // reads what is in no file yet
        Random random = new(1);
        double[] times = new double[Lookups];
        int found = 0;
        int right = 0;
        for (int i = 0; i < Lookups; i++)
        {
            Token person = log.PersonOf(random.NextInt64(events));
            started = Stopwatch.GetTimestamp();
            IReadOnlyList<long> numbers = places.Find(log, [person], events, default);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            found += numbers.Count;
            right += numbers.Count(number => log.PersonOf(number) == person);
        }
        Array.Sort(times);
        Console.WriteLine(
            $"find: p50 {times[Lookups / 2]:F2} ms, p99 {times[Lookups * 99 / 100]:F2} ms, {right / (double)Lookups:F1} events a look-up, "
                + $"in {Lookups} of them {found - right} that do not show the token"
        );
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Events with an identifier of one of many people, 20 events each, and one that no other event has.</summary>
    private sealed class MadeUpLog(long events) : ITenantLog
    {
        private const ulong EventsAPerson = 20;

        public long NextPosition => events;
        public long NextResult => 0;

        public Token PersonOf(long position) => Mixed(Mix((ulong)position) % ((ulong)events / EventsAPerson), 1);

        public void Read(long position, RecordBuffer target) => Write(new(), position, target);

        public void Scan(long fromPosition, ScanHandler handler)
        {
            EventRecordWriter writer = new();
            RecordBuffer one = new();
            for (long position = fromPosition; position < events; position++)
            {
                one.Clear();
                Write(writer, position, one);
                if (!handler(position, one[0]))
                    return;
            }
        }

        public void Commit(in LogBatch batch) => throw new NotSupportedException();

        public void ReadResult(long sequence, RecordBuffer target) => throw new NotSupportedException();

        public void ScanResults(long fromSequence, ScanHandler handler) => throw new NotSupportedException();

        public void Replace(IReadOnlyList<ReplacedEvent> replaced) => throw new NotSupportedException();

        public void ReleaseIdle() { }

        public void Dispose() { }

        private void Write(EventRecordWriter writer, long position, RecordBuffer target)
        {
            Token own = Mixed((ulong)position, 2);
            writer.Begin(EventType.Click, position, keyVersion: 1, backfill: false);
            writer.Identifier(1, PersonOf(position));
            writer.Identifier(2, own);
            writer.Complete(own, own, target);
            target.Seal();
        }

        private static Token Mixed(ulong number, ulong kind) => new(Mix(number * 4 + kind), Mix(~number * 4 + kind));

        // The output of splitmix64.
        private static ulong Mix(ulong x)
        {
            x += 0x9e3779b97f4a7c15;
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
            x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
            return x ^ (x >> 31);
        }
    }
}
