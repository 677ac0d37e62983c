using System.Buffers;
using System.Diagnostics;
using Throughline.Core.Events;
using Throughline.Storage.Keys;

namespace Throughline.Storage.Bench;

/// <summary>Tokens of values never and lately seen, content hashes, sealing; one thread.</summary>
internal static class KeyBench
{
    public static void Run(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("throughline-bench-").FullName;
        using ITenantKeys keys = KeyFile.OpenOrCreate(folder, "bench", TimeProvider.System);
        byte[] value = "somebody0000@example.com"u8.ToArray();
        byte[] record = new byte[250];
        ArrayBufferWriter<byte> target = new(1000);
        Measure("token of a new value", i => keys.Tokenise("email", With(value, i)));
        Measure("token of a known value", i => keys.Tokenise("email", With(value, i % 1000)));
        Measure("hash of an event id", i => keys.EventId(With(value, i)));
        Measure("content hash of 250 bytes", _ => keys.Content(record, "{}"u8));
        Measure(
            "seal 100 bytes",
            _ =>
            {
                target.ResetWrittenCount();
                keys.Seal(record.AsSpan(0, 100), new Token(1, 1), target);
                return default;
            }
        );
        Directory.Delete(folder, recursive: true);

        void Measure(string what, Func<int, Token> action)
        {
            for (int i = 0; i < 20_000; i++)
                action(i);
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < rounds; i++)
                action(i);
            double nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / rounds;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            Console.WriteLine($"{what}: {nanoseconds:N0} ns, {allocated / (double)rounds:F1} bytes allocated");
        }
    }

    private static byte[] With(byte[] value, int number)
    {
        BitConverter.TryWriteBytes(value, number);
        return value;
    }
}
