using System.Diagnostics;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Import;
using Throughline.Cli.Output;
using Throughline.Core.Attribution;

namespace Throughline.Cli.Bench;

/// <summary>Runs the batch driver over made files: reads them, then evaluates both sets of rules in turn, several rounds.</summary>
internal static class AttributionBatchBench
{
    public static (double ReadSeconds, QueryFigures Best, QueryFigures Decay, Cost Cost) Run(
        AttributionData made,
        string folder,
        int threads,
        int rounds,
        CancellationToken cancellation
    )
    {
        BatchInput input = new(made.Touches, made.Conversions, threads, MemorySize.Usual, folder, _ => false);
        double read = double.MaxValue;
        List<Round> best = [];
        List<Round> decay = [];
        CostMeter meter = new();
        for (int round = 0; round < rounds; round++)
        {
            using RejectionLog rejections = new(null);
            using BatchData data = BatchData.Read(input, rejections, new Progress<long>(), cancellation);
            if (rejections.Count > 0)
                throw new InvalidOperationException($"a made row was rejected: {rejections.First[0]}");
            read = Math.Min(read, data.ReadSeconds);
            best.Add(Evaluate(data, made, 'A', input, keeps: true, cancellation));
            decay.Add(Evaluate(data, made, 'B', input, keeps: false, cancellation));
        }
        Cost cost = meter.Of("rows of a batch read, attributed and written by two sets of rules", rounds * made.Rows);
        return (Figures.Seconds(read), FiguresOf(best), FiguresOf(decay), cost);
    }

    private static Round Evaluate(
        BatchData data,
        AttributionData made,
        char query,
        BatchInput input,
        bool keeps,
        CancellationToken cancellation
    )
    {
        BatchRules rules = BatchRules.Open(made.Rules(query));
        using CreditSegments segments = new(data.Budget, input.SpillFolder);
        BatchOutcome outcome = BatchRun.Evaluate(
            data,
            rules.Compile(data.Names),
            segments,
            input.Threads,
            keeps,
            new Progress<long>(),
            cancellation
        );
        long evaluated = Stopwatch.GetTimestamp();
        new CreditFile(made.Credits(query)).Write(CreditWriter.Header, segments, cancellation);
        double written = Stopwatch.GetElapsedTime(evaluated).TotalSeconds;
        return new(outcome.Tally, data.EqualSeconds + outcome.ComputeSeconds, outcome.WriteSeconds + written);
    }

    private static QueryFigures FiguresOf(List<Round> rounds)
    {
        Round best = rounds.MinBy(round => round.ComputeSeconds)!;
        return new(
            Figures.Seconds(best.ComputeSeconds),
            [.. rounds.Select(round => Figures.Seconds(round.ComputeSeconds))],
            Figures.Seconds(best.WriteSeconds),
            best.Tally.Of(ConversionStatus.Attributed),
            best.Tally.Reasons,
            best.Tally.Rows
        );
    }

    private sealed record Round(CreditTally Tally, double ComputeSeconds, double WriteSeconds);
}
