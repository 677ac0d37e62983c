using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Discovery;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>What <c>gate discover</c> prints.</summary>
/// <param name="Why">Why nothing is proposed; null if something is.</param>
/// <param name="Tried">Rules that were tried on the training days.</param>
/// <param name="Passed">Those that passed there.</param>
/// <param name="TriedHeldOut">Those of them that were tried on the held-out days.</param>
internal sealed record DiscoveryReport(
    long Requests,
    int Visitors,
    long FlaggedRequests,
    IReadOnlyList<string> OwnOrigins,
    SplitReport? Split,
    int Tried,
    int Passed,
    int TriedHeldOut,
    string? Why,
    IReadOnlyList<ProposalReport> Proposals,
    IReadOnlyList<Drift> Drifts,
    TruthReport? Truth,
    string? Out,
    long PassedOver,
    long Rejected,
    double Seconds
)
{
    public static DiscoveryReport Of(DiscoveryFindings found, ProposalTruth? truth, string? target, double seconds) =>
        new(
            found.Traffic.Requests,
            found.Traffic.VisitorCount,
            found.InForce.Flagged,
            found.Traffic.OwnOrigins,
            SplitReport.Of(found.Discovery),
            found.Discovery.Tried,
            found.Discovery.Passed,
            found.Discovery.TriedHeldOut,
            WhyNone(found.Discovery),
            [.. found.Proposals.Select(ProposalReport.Of)],
            found.Drifts,
            truth is null ? null : new(truth.All(), truth.Families()),
            target,
            found.PassedOver,
            found.Rejected,
            Math.Round(seconds, 3, MidpointRounding.ToEven)
        );

    private static string? WhyNone(DiscoveryResult found) =>
        found switch
        {
            { Proposals.Count: > 0 } => null,
            { Split: null } => "All is within one hour: no time is left to see whether a rule holds.",
            { HasPeople: false } =>
                "Too few visitors show that they are people (followed links, pictures and styles, sales): there is nothing to compare with.",
            { Passed: 0 } => "No visitors that lack the signs of people have anything else in common.",
            { TriedHeldOut: 0 } => "What was found adds too little to the rules in force.",
            _ => "What was found did not hold on the held-out days.",
        };
}

/// <summary>How the log was split.</summary>
/// <param name="Unit">day, or hour if it is of one day.</param>
internal sealed record SplitReport(string Unit, int Training, int HeldOut, string HeldOutFrom, int TrainingVisitors)
{
    public static SplitReport? Of(DiscoveryResult found) =>
        found.Split is { } split
            ? new(
                split.Unit,
                split.Training,
                split.HeldOut,
                DateTimeOffset
                    .FromUnixTimeMilliseconds(split.Time)
                    .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                found.Visitors
            )
            : null;
}

/// <summary>One proposal.</summary>
/// <param name="Requests">That it matches, by the gate itself.</param>
/// <param name="JudgedBy">Signs of people that it does not read, and that it was judged by.</param>
/// <param name="Added">Evidence of the visitors that no proposal before it hits.</param>
/// <param name="FlaggedRequests">Of its requests those that the rules in force flag already.</param>
/// <param name="Overlap">Rules in force that matched the same requests.</param>
/// <param name="LabelledPrecision">Against analysts' labels; null: none of its requests has one.</param>
/// <param name="Conversions">What its visitors bought on a day on which it hit them.</param>
internal sealed record ProposalReport(
    string Rule,
    string When,
    string Says,
    long Requests,
    long HeldOutRequests,
    int Visitors,
    int Addresses,
    string JudgedBy,
    IReadOnlyList<string> Spares,
    EvidenceReport Training,
    EvidenceReport HeldOut,
    EvidenceReport Added,
    LabelPrecision? LabelledPrecision,
    long FlaggedRequests,
    IReadOnlyDictionary<string, long> Overlap,
    SalesAtRisk Conversions,
    IReadOnlyList<string> Samples,
    ProposalTruthFigures? Truth
)
{
    public static ProposalReport Of(ProposalFinding found) =>
        new(
            found.Proposal.Id,
            found.Proposal.When,
            found.Proposal.Says,
            found.Requests,
            found.HeldOutRequests,
            found.Visitors,
            found.Addresses,
            Proposal.Words(found.Proposal.Judged),
            found.Proposal.Spares,
            EvidenceReport.Of(found.Proposal.Training),
            EvidenceReport.Of(found.Proposal.HeldOut),
            EvidenceReport.Of(found.Proposal.Added),
            found.Labels,
            found.Flagged,
            found.Overlap,
            found.Conversions,
            found.Samples,
            found.Truth
        );
}

/// <summary>Evidence of visitors whom no rule in force flags, at most four of a network.</summary>
/// <param name="SignsExpected">Visitors that would have shown a sign, were all people.</param>
/// <param name="SignsShown">Those that did.</param>
/// <param name="Precision">Estimated share of bots.</param>
/// <param name="Low">Its bound, 5 % below.</param>
/// <param name="High">Its bound, 5 % above.</param>
/// <param name="PValue">A bound of the probability that people show so few by chance.</param>
internal sealed record EvidenceReport(
    int Visitors,
    int Networks,
    double SignsExpected,
    int SignsShown,
    double Precision,
    double Low,
    double High,
    double PValue
)
{
    public static EvidenceReport Of(Evidence of) =>
        new(
            of.Visitors,
            of.Networks,
            Math.Round(of.Expected, 1, MidpointRounding.ToEven),
            of.Shown,
            Round(of.Precision),
            Round(of.PrecisionLower),
            Round(of.PrecisionUpper),
            Math.Exp(of.LogP)
        );

    private static double Round(double share) => Math.Round(share, 4, MidpointRounding.ToEven);
}

/// <summary>Proposals against the truth of a simulated world, on its held-out days.</summary>
internal sealed record TruthReport(ProposalTruthFigures All, IReadOnlyDictionary<string, FamilyFigures> Families);
