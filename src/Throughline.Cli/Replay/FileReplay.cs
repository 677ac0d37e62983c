using System.Diagnostics;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;

namespace Throughline.Cli.Replay;

/// <summary>
/// Takes NDJSON files into a machine in memory as a backfill, then what was accepted into another one by event time, and
/// compares the two.
/// </summary>
internal static class FileReplay
{
    public static async Task<ReplayReport> RunAsync(
        IReadOnlyList<string> files,
        string tenant,
        ICommandOutput output,
        CancellationToken cancellation
    )
    {
        var settings = new TenantSettings(tenant);
        var rejected = new Counter();
        long started = Stopwatch.GetTimestamp();
        MemoryTenant first = await output.ProgressAsync(
            "Applying",
            null,
            progress => Task.Run(() => Apply(files, settings, progress, rejected, cancellation), cancellation)
        );
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long events = first.Machine.NextPosition;
        MemoryTenant second = await output.ProgressAsync(
            "Applying by event time",
            events,
            progress => Task.Run(() => first.ByTime(settings, progress, cancellation), cancellation)
        );
        Token digest = first.Machine.ResultsDigest();
        return new(
            "file",
            events,
            Figures.Seconds(seconds),
            Figures.PerSecond(events, seconds),
            digest.ToString(),
            digest == second.Machine.ResultsDigest(),
            rejected.Value
        );
    }

    private static MemoryTenant Apply(
        IReadOnlyList<string> files,
        TenantSettings settings,
        IProgress<long> progress,
        Counter rejected,
        CancellationToken cancellation
    )
    {
        var keys = new ScratchKeys();
        var tenant = new MemoryTenant(settings, keys);
        var encoder = new EventEncoder(keys);
        var parsed = new RawEvent();
        var record = new RecordBuffer();
        foreach (string file in files)
        {
            using var lines = new LineReader(InputFile.Open(file));
            while (lines.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                if (!tooLong && !line.ContainsAnyExcept(" \t"u8))
                    continue;
                if (tooLong || !EventJson.TryParse(line, IdentifierRules.Default, parsed, out _))
                {
                    rejected.Value++;
                    continue;
                }
                record.Clear();
                encoder.Encode(parsed, backfill: true, record);
                if (tenant.Apply(record[0]) is not (ApplyStatus.Accepted or ApplyStatus.Duplicate))
                    rejected.Value++;
                if (lines.Line % 10_000 != 0)
                    continue;
                cancellation.ThrowIfCancellationRequested();
                progress.Report(tenant.Machine.NextPosition);
                tenant.TakeRetired();
            }
        }
        tenant.Settle();
        return tenant;
    }

    private sealed class Counter
    {
        public long Value;
    }
}
