using System.Text.Json;

namespace Throughline.Server.Edge.Reports;

/// <summary>
/// The answer to a question that takes long: one JSON document, or for those who accept <c>application/x-ndjson</c> a line of progress
/// each second and the document as the last line. Whoever goes away cancels the work.
/// </summary>
internal static class LongAnswer
{
    public const string Lines = "application/x-ndjson";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="total">Of the progress: what it ends at.</param>
    public static async Task WriteAsync<T>(
        HttpContext context,
        TimeProvider clock,
        long total,
        Func<IProgress<long>?, Task<T>> work,
        CancellationToken cancellation
    )
        where T : class
    {
        if (!context.Request.Headers.Accept.ToString().Contains(Lines, StringComparison.OrdinalIgnoreCase))
        {
            await context.Response.WriteAsJsonAsync(await work(null), cancellation);
            return;
        }
        Latest latest = new();
        Task<T> running = work(latest);
        context.Response.ContentType = Lines;
        while (await Task.WhenAny(running, Task.Delay(Interval, clock, cancellation)) != running)
        {
            cancellation.ThrowIfCancellationRequested();
            await WriteLineAsync(context, new LongProgress(new(latest.Value, total)), cancellation);
        }
        await WriteLineAsync(context, await running, cancellation);
    }

    private static async Task WriteLineAsync<T>(HttpContext context, T line, CancellationToken cancellation)
    {
        await context.Response.Body.WriteAsync(
            (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, JsonSerializerOptions.Web), (byte)'\n'],
            cancellation
        );
        await context.Response.Body.FlushAsync(cancellation);
    }

    private sealed class Latest : IProgress<long>
    {
        private long value;

        public long Value => Volatile.Read(ref value);

        public void Report(long done) => Volatile.Write(ref value, done);
    }
}

/// <summary>A line that says how far the work is.</summary>
internal sealed record LongProgress(LongProgressFigures Progress);

/// <param name="Done">Events of the log that were read.</param>
internal sealed record LongProgressFigures(long Done, long Total);
