using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Storage.Sqlite;

namespace Throughline.Storage.Bench;

/// <summary>Durable events per second through the SQLite log, reading back, and how long single commits take.</summary>
internal static class LogBench
{
    public static void Run(int events, int batch, int eventBytes)
    {
        string folder = Directory.CreateTempSubdirectory("throughline-bench-").FullName;
        Random random = new(1);
        RecordBuffer[] batches = [.. Enumerable.Range(0, 8).Select(_ => Records(random, batch, eventBytes))];
        RecordBuffer[] results = [.. Enumerable.Range(0, 8).Select(_ => Records(random, batch / 10, eventBytes))];
        DateOnly day = new(2026, 11, 22);
        using (SqliteTenantLog log = SqliteTenantLog.Open(folder, "bench", "bench", TimeProvider.System))
        {
            log.Commit(new(batches[0], results[0], day));
            List<double> times = [];
            long started = Stopwatch.GetTimestamp();
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            for (int done = 0; done < events; done += batch)
            {
                long before = Stopwatch.GetTimestamp();
                log.Commit(new(batches[done / batch % 8], results[done / batch % 8], day));
                times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            times.Sort();
            Console.WriteLine(
                $"commit: {events / seconds:N0} events/s, {times.Count} commits of {batch} events and {batch / 10} results, "
                    + $"p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms, max {times[^1]:F2} ms, "
                    + $"{allocated / (double)events:F2} bytes allocated an event"
            );
            Reads(log, random);
        }
        long size = Directory.EnumerateFiles(folder).Sum(x => new FileInfo(x).Length);
        Console.WriteLine($"size: {size / (double)events:F1} bytes an event (with its share of results)");
        Directory.Delete(folder, recursive: true);
    }

    private static void Reads(SqliteTenantLog log, Random random)
    {
        long started = Stopwatch.GetTimestamp();
        long bytes = 0;
        log.Scan(0, (_, record) => (bytes += record.Length) > 0);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"scan: {log.NextPosition / seconds:N0} events/s, {bytes / seconds / 1e6:N0} MB/s");
        RecordBuffer read = new();
        started = Stopwatch.GetTimestamp();
        const int Reads = 20_000;
        for (int i = 0; i < Reads; i++)
        {
            read.Clear();
            log.Read(random.NextInt64(log.NextPosition), read);
        }
        Console.WriteLine($"read at random: {Reads / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} events/s");
    }

    private static RecordBuffer Records(Random random, int count, int bytes)
    {
        RecordBuffer records = new();
        byte[] record = new byte[bytes];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(record);
            records.Append(record);
        }
        return records;
    }
}
