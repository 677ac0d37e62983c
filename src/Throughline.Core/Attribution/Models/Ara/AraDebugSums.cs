using System.Numerics;
using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// What a reporter wants summed up of what became of its sources and triggers. Source: aggregatable debug reports, in the Attribution
/// Reporting API's description.
/// </summary>
/// <param name="KeyPiece">A piece of each bucket's key.</param>
/// <param name="Data">What is added, by what became of it.</param>
/// <param name="Coordinator">Who sums up.</param>
/// <param name="Budget">Of a source: what all debug reports may add; aggregate reports have so much less.</param>
public sealed record AraDebugSums(
    BigInteger KeyPiece,
    IReadOnlyDictionary<string, AraContribution> Data,
    string Coordinator,
    long Budget
)
{
    /// <summary>Stands for all that is not named.</summary>
    public const string Unspecified = "unspecified";

    public static AraDebugSums None { get; } = new(0, new Dictionary<string, AraContribution>(), "", 0);

    /// <summary>What is added for these outcomes, in their order.</summary>
    internal List<AraContribution> Of(IEnumerable<string> outcomes, BigInteger sourceKey)
    {
        List<AraContribution> added = [];
        foreach (string outcome in outcomes)
            if (
                Data.TryGetValue(outcome, out AraContribution contribution)
                || Data.TryGetValue(Unspecified, out contribution)
            )
                added.Add(contribution with { Key = sourceKey | KeyPiece | contribution.Key });
        return added;
    }
}

/// <summary>Debug reports that are summed up, and what is left of their budgets.</summary>
internal sealed class AraDebugReports(AraSettings settings)
{
    private const long Day = 86_400_000;

    private readonly List<(long Time, string Site, string Network, long Spent)> spent = [];

    /// <summary>The report of a source; null: it wants none.</summary>
    public AraReport? Of(AraSource source, IEnumerable<string> outcomes) =>
        source.DebugSums.Data.Count == 0
            ? null
            : Report(
                source.Time,
                source.SourceSite,
                (source.ReportingOrigin, source.Network),
                source.Destinations[0],
                source.DebugSums,
                source,
                source.DebugSums.Of(outcomes, BigInteger.Zero)
            );

    /// <summary>The report of a trigger; null: it wants none.</summary>
    /// <param name="source">Which it met, if any; its budget is charged.</param>
    public AraReport? Of(AraTrigger trigger, AraSource? source, IEnumerable<string> outcomes) =>
        trigger.DebugSums.Data.Count == 0
            ? null
            : Report(
                trigger.Time,
                trigger.DestinationSite,
                (trigger.ReportingOrigin, trigger.Network),
                trigger.DestinationSite,
                trigger.DebugSums,
                source,
                trigger.DebugSums.Of(outcomes, source?.DebugSums.KeyPiece ?? BigInteger.Zero)
            );

    // What may not be added is not: the report is sent all the same, so that nobody can tell from that.
    private AraReport Report(
        long time,
        string site,
        (string Origin, string Network) reporter,
        string destination,
        AraDebugSums sums,
        AraSource? source,
        List<AraContribution> added
    )
    {
        long sum = added.Sum(x => x.Value);
        if (added.Count > 0 && MaySpend(time, site, reporter.Network, source, sum))
            Spend(time, site, reporter.Network, source, sum);
        else
            added = [default];
        return new(
            time,
            reporter.Origin + AraForms.WellKnown + "debug/report-aggregate-debug",
            new JsonObject
            {
                ["aggregation_coordinator_origin"] = sums.Coordinator,
                ["histograms"] = AraHistogram.Buckets(added),
                ["shared_info"] = new JsonObject
                {
                    ["api"] = "attribution-reporting-debug",
                    ["attribution_destination"] = destination,
                    ["reporting_origin"] = reporter.Origin,
                    ["scheduled_report_time"] = AraForms.Seconds(time),
                    ["version"] = "1.0",
                },
            }
        );
    }

    private bool MaySpend(long time, string site, string network, AraSource? source, long sum)
    {
        if (
            source is not null
            && (
                source.DebugSpent + sum > source.DebugSums.Budget
                || source.DebugReports >= settings.DebugReportsPerSourceMax
            )
        )
            return false;
        long ofSite = spent.Where(x => x.Site == site && time - x.Time < Day).Sum(x => x.Spent);
        long own = spent.Where(x => x.Site == site && x.Network == network && time - x.Time < Day).Sum(x => x.Spent);
        return own + sum <= AraHistogram.Budget && ofSite + sum <= settings.DebugBudgetPerSite;
    }

    private void Spend(long time, string site, string network, AraSource? source, long sum)
    {
        spent.Add((time, site, network, sum));
        if (source is null)
            return;
        source.DebugReports++;
        source.DebugSpent += sum;
    }
}
