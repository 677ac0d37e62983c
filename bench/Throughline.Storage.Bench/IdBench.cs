using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage.Ids;

namespace Throughline.Storage.Bench;

/// <summary>Sealing days of ids, and looking up ids that are in none and in one of them.</summary>
internal static class IdBench
{
    public static void Run(int days, int idsPerDay)
    {
        string folder = Directory.CreateTempSubdirectory("throughline-bench-").FullName;
        Random random = new(1);
        DateOnly first = new(2026, 10, 1);
        List<Token> known = [];
        using IdArchive archive = IdArchive.Open(folder);
        long started = Stopwatch.GetTimestamp();
        for (int day = 0; day < days; day++)
        {
            IdEntry[] entries =
            [
                .. Enumerable.Range(0, idsPerDay).Select(i => new IdEntry(Id(random), (long)day * idsPerDay + i)),
            ];
            Array.Sort(entries);
            archive.Seal(first.AddDays(day), entries);
            known.AddRange(entries.Take(100).Select(x => x.Id));
        }
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"seal: {(long)days * idsPerDay / seconds:N0} ids/s with generating and sorting them");
        List<long> found = [];
        const int Rounds = 1_000_000;
        Token[] absent = [.. Enumerable.Range(0, Rounds).Select(_ => Id(random))];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        started = Stopwatch.GetTimestamp();
        foreach (Token id in absent)
            archive.Find(id, long.MaxValue, found);
        double nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / Rounds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(
            $"absent id in {days} days: {nanoseconds:N0} ns, {allocated / (double)Rounds:F2} bytes allocated"
        );
        started = Stopwatch.GetTimestamp();
        foreach (Token id in known)
            archive.Find(id, long.MaxValue, found);
        nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / known.Count;
        Console.WriteLine($"known id in {days} days: {nanoseconds:N0} ns");
        Directory.Delete(folder, recursive: true);
    }

    private static Token Id(Random random) =>
        new(
            (ulong)random.NextInt64() << 32 ^ (ulong)random.NextInt64(),
            (ulong)random.NextInt64() << 32 ^ (ulong)random.NextInt64()
        );
}
