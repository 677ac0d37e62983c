using System.Diagnostics;
using Throughline.Cli.Input;
using Throughline.Cli.Output;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What <c>attribution compare</c> found, as <c>--json</c> prints it.</summary>
/// <param name="RefundsWaiting">Refunds of conversions that the files do not have.</param>
/// <param name="Gained">Conversions that nobody earns and somebody would.</param>
/// <param name="Lost">Conversions that somebody earns and nobody would.</param>
/// <param name="Moved">Conversions that others would earn, or in other parts.</param>
/// <param name="Campaigns">What each campaign earns and would earn, the greatest difference first.</param>
/// <param name="Samples">Changed conversions, drawn evenly, with both explanations side by side.</param>
/// <param name="CompareSeconds">Both evaluations and all comparing, once the rows are read.</param>
internal sealed record CompareReport(
    RowsReport Touches,
    RowsReport Conversions,
    RowsReport? Refunds,
    long RefundsWaiting,
    RowsReport? Matches,
    IReadOnlyList<InputRejection> Rejections,
    long Gained,
    long Lost,
    long Moved,
    long Same,
    IReadOnlyList<CampaignMoney> Campaigns,
    IReadOnlyList<CompareSample> Samples,
    double ReadSeconds,
    double CompareSeconds,
    int Threads
)
{
    /// <summary>Both sets of rules over every timeline in one pass. Nothing is written.</summary>
    /// <param name="samples">Changed conversions that are shown.</param>
    public static CompareReport Of(
        BatchData data,
        BatchRules rules,
        BatchRules draft,
        int threads,
        int samples,
        IReadOnlyList<InputRejection> rejections,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        long started = Stopwatch.GetTimestamp();
        CompiledRules before = rules.Compile(data.Names);
        CompiledRules after = draft.Compile(data.Names);
        CompareTally all = new(samples);
        PartitionRun.All(
            threads,
            () => new CompareWorker(data, before, after, samples),
            worker => all.Add(worker.Tally),
            progress,
            cancellation
        );
        return new(
            RowsReport.Of(data.TouchCounts),
            RowsReport.Of(data.ConversionCounts),
            RowsReport.OfAny(data.RefundCounts),
            data.Refunds?.Waiting ?? 0,
            RowsReport.OfAny(data.MatchCounts),
            rejections,
            all.Of(Change.Gained),
            all.Of(Change.Lost),
            all.Of(Change.Moved),
            all.Of(Change.Same),
            CampaignsOf(all, data.Names),
            all.Samples,
            Figures.Seconds(data.ReadSeconds),
            Figures.Seconds(data.EqualSeconds + Stopwatch.GetElapsedTime(started).TotalSeconds),
            threads
        );
    }

    private static List<CampaignMoney> CampaignsOf(CompareTally tally, BatchNames names) =>
        [
            .. tally
                .Money.Select(entry => new CampaignMoney(
                    names.Campaign(entry.Key.Campaign),
                    Codes.Currency(entry.Key.Currency),
                    entry.Value.Before,
                    entry.Value.After,
                    entry.Value.After - entry.Value.Before
                ))
                .OrderByDescending(money => Int128.Abs(money.Difference))
                .ThenBy(money => money.Campaign, StringComparer.Ordinal)
                .ThenBy(money => money.Currency, StringComparer.Ordinal),
        ];
}

/// <summary>Minor units that a campaign earns, and would earn.</summary>
internal sealed record CampaignMoney(string Campaign, string Currency, Int128 Before, Int128 After, Int128 Difference);
