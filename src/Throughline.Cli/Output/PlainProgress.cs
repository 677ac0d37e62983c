using System.Globalization;

namespace Throughline.Cli.Output;

/// <summary>A line every few seconds, where standard error is a file or a pipe; short work prints nothing.</summary>
internal static class PlainProgress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public static Task<T> RunAsync<T>(
        TextWriter writer,
        TimeProvider time,
        string title,
        long? total,
        Func<IProgress<long>, Task<T>> work
    ) => work(new Lines(writer, time, title, total));

    private sealed class Lines(TextWriter writer, TimeProvider time, string title, long? total) : IProgress<long>
    {
        private readonly Lock gate = new();
        private long printed = time.GetTimestamp();

        public void Report(long value)
        {
            lock (gate)
            {
                if (time.GetElapsedTime(printed) < Every)
                    return;
                printed = time.GetTimestamp();
                string share =
                    total > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({100.0 * value / total:0} %)") : "";
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {value:N0}{share}"));
            }
        }
    }
}
