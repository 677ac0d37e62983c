using System.Diagnostics;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>
/// Evaluates rules over all that was read: threads take partitions in turn, each with a kernel of its own, and write what they find
/// into segments.
/// </summary>
internal static class BatchRun
{
    /// <param name="keeps">The rows are needed once more.</param>
    public static BatchOutcome Evaluate(
        BatchData data,
        CompiledRules rules,
        CreditSegments segments,
        int threads,
        bool keeps,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        BatchOutcome all = new(new(), 0, 0);
        PartitionRun.All(
            threads,
            () => new BatchWorker(data, rules, segments, keeps),
            worker =>
            {
                all.Tally.Add(worker.Tally);
                all = all with
                {
                    ComputeSeconds = all.ComputeSeconds + worker.ComputeSeconds / threads,
                    WriteSeconds = all.WriteSeconds + worker.WriteSeconds / threads,
                };
            },
            progress,
            cancellation
        );
        return all;
    }
}

/// <summary>What an evaluation found, and how long it took: the threads' times, divided by their number.</summary>
internal sealed record BatchOutcome(CreditTally Tally, double ComputeSeconds, double WriteSeconds);

/// <summary>One thread's evaluation.</summary>
internal sealed class BatchWorker : IPartitionWorker
{
    private readonly PartitionLoader loader;
    private readonly PartitionJourneys journeys;
    private readonly TimelineKernel kernel;
    private readonly BatchFacts? facts;
    private readonly CreditWriter writer;
    private readonly CreditSegments segments;
    private readonly CreditText text = new();
    private readonly CreditText ordered = new();
    private readonly List<(long Line, int Place, int Length)> entries = [];
    private long computeTicks;
    private long writeTicks;

    public BatchWorker(BatchData data, CompiledRules rules, CreditSegments segments, bool keeps)
    {
        loader = new(data, rules.LongestWindowMs, keeps);
        journeys = new(loader, data.Names, data.Equal, rules.HasTiers);
        kernel = new(rules);
        facts = rules.HasExpressions ? new(loader, data.Names, data.TouchExtras, data.ConversionExtras) : null;
        writer = new(loader, data.Names, rules);
        this.segments = segments;
    }

    public CreditTally Tally { get; } = new();
    public double ComputeSeconds => computeTicks / (double)Stopwatch.Frequency;
    public double WriteSeconds => writeTicks / (double)Stopwatch.Frequency;

    /// <summary>Works one partition off; gives its conversions.</summary>
    public int Run(int partition)
    {
        long started = Stopwatch.GetTimestamp();
        loader.Load(partition);
        journeys.Fill();
        computeTicks += Stopwatch.GetTimestamp() - started;
        for (int customer = 0; customer < journeys.Customers; customer++)
            Evaluate(customer);
        Hand();
        return loader.Conversions.Count;
    }

    private void Evaluate(int customer)
    {
        long started = Stopwatch.GetTimestamp();
        int firstTouch = journeys.FirstTouch(customer);
        int firstConversion = journeys.FirstConversion(customer);
        facts?.Begin(customer, firstTouch, firstConversion);
        kernel.Evaluate(journeys.Of(customer), facts);
        foreach (ref readonly ConversionCredit credit in kernel.Conversions)
            Tally.Count(credit.Status);
        foreach (ref readonly CandidateCredit candidate in kernel.Candidates)
            Tally.Count(candidate.Reason);
        foreach (ref readonly GroupCredit group in kernel.Groups)
            Tally.Count(group);
        long evaluated = Stopwatch.GetTimestamp();
        computeTicks += evaluated - started;
        for (int conversion = 0; conversion < kernel.Conversions.Length; conversion++)
        {
            int place = text.Length;
            Tally.Rows += writer.Write(kernel, conversion, firstTouch, firstConversion, text);
            int row = loader.Conversions.RowAt(firstConversion + conversion);
            entries.Add((loader.Conversions.Head(row).Place.Line, place, text.Length - place));
        }
        writeTicks += Stopwatch.GetTimestamp() - evaluated;
    }

    // The rows of a partition, by line.
    private void Hand()
    {
        long started = Stopwatch.GetTimestamp();
        entries.Sort();
        foreach ((long line, int place, int length) in entries)
        {
            int head = ordered.Skip(CreditSegments.Head);
            CreditSegments.WriteHead(ordered.At(head, CreditSegments.Head), line, length);
            ordered.Raw(text.At(place, length));
        }
        segments.Add(ordered.Bytes);
        entries.Clear();
        text.Clear();
        ordered.Clear();
        writeTicks += Stopwatch.GetTimestamp() - started;
    }
}
