using System.Diagnostics;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.World;

namespace Throughline.Cli.Bench;

/// <summary>
/// What events of each kind take inside the demo's mix: of one thread to read and encode, then to apply (verdict, customer, credit); and their bytes.
/// What all kinds share (HTTP, commit) is not in it.
/// </summary>
internal static class KindBench
{
    private const int Stretch = 10_000;
    private const int WarmUp = 300_000; // events of a machine that is thrown away

    public static IReadOnlyList<KindCost> Run(long events, IProgress<long> progress, CancellationToken cancellation)
    {
        Measure(Math.Min(WarmUp, events), new Progress<long>(), cancellation);
        return Measure(events, progress, cancellation);
    }

    private static List<KindCost> Measure(long events, IProgress<long> progress, CancellationToken cancellation)
    {
        MadeHistory history = new();
        TenantMachine machine = new(new("bench"), history);
        EventEncoder encoder = new(new ScratchKeys());
        RawEvent parsed = new();
        RecordBuffer results = new();
        WorldRun run = EncodedWorld.NewWorld(events).Run(keepTruth: false);
        Dictionary<EventType, Sums> kinds = [];
        long done = 0;
        while (done < events)
        {
            cancellation.ThrowIfCancellationRequested();
            RecordBuffer made = history.Begin();
            while (made.Count < Math.Min(Stretch, events - done) && run.MoveNext())
            {
                ReadOnlySpan<byte> line = run.Line;
                long started = Stopwatch.GetTimestamp();
                if (!EventJson.TryParse(line, IdentifierRules.Default, parsed, out Rejection rejection))
                    throw new InvalidDataException($"the world wrote an event that is none: {rejection}");
                encoder.Encode(parsed, backfill: false, made);
                SumsOf(kinds, made).Encoded(Stopwatch.GetTimestamp() - started, made[made.Count - 1].Length);
            }
            if (made.Count == 0)
                break;
            for (int i = 0; i < made.Count; i++)
            {
                EventType kind = EventRecord.FromTrusted(made[i]).Type;
                long started = Stopwatch.GetTimestamp();
                history.Apply(machine, i, results);
                kinds[kind].Applied(Stopwatch.GetTimestamp() - started, results);
                results.Clear();
            }
            history.TakeRetired(machine);
            done += made.Count;
            progress.Report(done);
        }
        return [.. kinds.OrderByDescending(kind => kind.Value.Count).Select(kind => kind.Value.Cost(kind.Key))];
    }

    private static Sums SumsOf(Dictionary<EventType, Sums> kinds, RecordBuffer made)
    {
        EventType kind = EventRecord.FromTrusted(made[made.Count - 1]).Type;
        if (!kinds.TryGetValue(kind, out Sums? sums))
            kinds.Add(kind, sums = new());
        return sums;
    }

    private sealed class Sums
    {
        private long encodeTicks;
        private long applyTicks;
        private long eventBytes;
        private long resultBytes;

        public long Count { get; private set; }

        public void Encoded(long ticks, int bytes)
        {
            Count++;
            encodeTicks += ticks;
            eventBytes += bytes;
        }

        public void Applied(long ticks, RecordBuffer results)
        {
            applyTicks += ticks;
            for (int i = 0; i < results.Count; i++)
                resultBytes += results[i].Length;
        }

        public KindCost Cost(EventType kind) =>
            new(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()),
                Count,
                Us(encodeTicks),
                Us(applyTicks),
                eventBytes / Count,
                resultBytes / Count
            );

        private double Us(long ticks) =>
            Math.Round((double)ticks / Stopwatch.Frequency * 1e6 / Count, 3, MidpointRounding.ToEven);
    }
}

/// <summary>What one event of a kind takes on the average, inside the mix.</summary>
/// <param name="Events">Of this kind, in the mix.</param>
/// <param name="EncodeUs">Microseconds from its JSON to its record: read, validated, tokens, sealed.</param>
/// <param name="ApplyUs">Microseconds in the machine, with what it sets off.</param>
/// <param name="EventBytes">Of its record.</param>
/// <param name="ResultBytes">Of the results that were published while it was applied.</param>
internal sealed record KindCost(
    string Kind,
    long Events,
    double EncodeUs,
    double ApplyUs,
    long EventBytes,
    long ResultBytes
);
