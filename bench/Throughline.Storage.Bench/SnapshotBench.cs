using System.Diagnostics;
using Throughline.Core.State;
using Throughline.Storage.Snapshots;

namespace Throughline.Storage.Bench;

/// <summary>Writing a snapshot durably, checking it, reading it.</summary>
internal static class SnapshotBench
{
    public static void Run(int megabytes)
    {
        string folder = Directory.CreateTempSubdirectory("throughline-bench-").FullName;
        byte[] page = new byte[64 * 1024];
        new Random(1).NextBytes(page);
        long length = (long)megabytes << 20;
        StateSection section = new(
            "pages",
            length,
            stream =>
            {
                for (long done = 0; done < length; done += page.Length)
                    stream.Write(page);
            }
        );
        SnapshotStore store = new(folder, "bench");
        long started = Stopwatch.GetTimestamp();
        store.Write(new(1, 1, [section]));
        Report("write durably", started);
        started = Stopwatch.GetTimestamp();
        using Snapshot snapshot = store.TryOpenNewest(1, out _)!;
        Report("open and check", started);
        started = Stopwatch.GetTimestamp();
        using (Stream stream = snapshot.Open("pages", out _))
        {
            while (stream.Read(page) > 0) { }
        }
        Report("read", started);
        Directory.Delete(folder, recursive: true);

        void Report(string what, long since) =>
            Console.WriteLine($"{what}: {megabytes / 1024.0 / Stopwatch.GetElapsedTime(since).TotalSeconds:F2} GiB/s");
    }
}
