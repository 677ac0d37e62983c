using System.Globalization;
using Throughline.Core.Events;
using Throughline.Storage.Log;
using Throughline.Storage.Sqlite;

namespace Throughline.FaultHost;

/// <summary>
/// Replaces every third event of a log, a few at a time, and prints how many times that was acknowledged; goes on where it was killed. At each
/// start no file may hold a byte of what was replaced before, and every event is as it was or as it is to be.
/// </summary>
internal static class Replacing
{
    private const int Events = 3_000;
    private const int EventBytes = 700;
    private const int AtOnce = 20;

    public static int Run(string folder, int seed, int acknowledged)
    {
        Random random = new(seed);
        byte[][] events = new byte[Events][];
        for (int i = 0; i < Events; i++)
            random.NextBytes(events[i] = new byte[EventBytes]);
        if (Enumerable.Range(0, acknowledged * AtOnce).Any(i => IsInAnyFile(folder, events[i * 3])))
            return Fail("a file holds an event that was replaced");
        using SqliteTenantLog log = SqliteTenantLog.Open(folder, "test", "test", TimeProvider.System);
        if (log.NextPosition == 0)
            Fill(log, events);
        RecordBuffer read = new();
        for (int i = 0; i < Events; i++)
        {
            log.Read(i, read);
            bool isOld = read[i].SequenceEqual(events[i]);
            bool isNew = i % 3 == 0 && read[i][..^4].SequenceEqual(New()[..^4]);
            if (!isOld && !isNew || (isOld && i % 3 == 0 && i / 3 < acknowledged * AtOnce))
                return Fail($"event {i} is neither, or old again");
        }
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        output.WriteLine("opened");
        for (int turn = acknowledged; turn * AtOnce * 3 < Events; turn++)
        {
            log.Replace([
                .. Enumerable.Range(turn * AtOnce, AtOnce).Select(i => new ReplacedEvent(i * 3, New(), EventBytes - 4)),
            ]);
            output.WriteLine((turn + 1).ToString(CultureInfo.InvariantCulture));
        }
        output.WriteLine("done");
        return 0;
    }

    private static void Fill(SqliteTenantLog log, byte[][] events)
    {
        foreach (byte[][] some in events.Chunk(70))
        {
            RecordBuffer batch = new();
            foreach (byte[] one in some)
                batch.Append(one);
            log.Commit(new(batch, new(), new DateOnly(2026, 11, 22)));
        }
    }

    // A stretch from the middle, and each end: a page may cut any of them, but not all.
    private static bool IsInAnyFile(string folder, byte[] bytes)
    {
        foreach (string file in Directory.GetFiles(folder, "log-*"))
        {
            ReadOnlySpan<byte> all = File.ReadAllBytes(file);
            foreach (int at in (ReadOnlySpan<int>)[0, EventBytes / 2, EventBytes - 24])
                if (all.IndexOf(bytes.AsSpan(at, 16)) >= 0)
                    return true;
        }
        return false;
    }

    private static byte[] New() => new byte[EventBytes];

    private static int Fail(string what)
    {
        Console.Out.WriteLine(what);
        return 1;
    }
}
