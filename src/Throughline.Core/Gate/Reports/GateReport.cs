using System.ComponentModel;

namespace Throughline.Core.Gate.Reports;

/// <summary>What the stored decisions of a time say.</summary>
public sealed record GateReport(
    [property: Description("RFC 3339; the first instant")] string From,
    [property: Description("RFC 3339; the first instant after it")] string To,
    [property: Description("Length of a bucket, seconds")] long StepSeconds,
    TrafficFigures Total,
    [property: Description("All of the time, also those without traffic")] IReadOnlyList<TrafficBucket> Buckets,
    [property: Description("The rules with the most hits")] IReadOnlyList<RuleFigures> Rules,
    [property: Description("Different rules that matched anything")] int RulesMatched,
    TopGroups Groups,
    FalsePositiveFigures FalsePositives,
    ChallengeFigures Challenges,
    LatencyFigures Latency,
    LossFigures Lost,
    ReadFigures Read
);

/// <summary>Requests of a time.</summary>
public record TrafficFigures(
    long Requests,
    [property: Description("No rule had a say: past the gate, out of time, or a failure")] long Bypassed,
    [property: Description("Denied, challenged, or recognised as a bot's, good or bad")] long Flagged,
    [property: Description(
        "By action, then by cause: no_match, rule, score, budget_exceeded, failure, cleared, bypass"
    )]
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Decisions,
    [property: Description("By what the request's actor is judged to have been in its 5 minutes, as known now")]
        IReadOnlyDictionary<string, long> Verdicts
);

/// <summary>Requests of one bucket.</summary>
public sealed record TrafficBucket(string Time, TrafficFigures Traffic);

/// <summary>What one rule did, over all versions that have it.</summary>
public sealed record RuleFigures(
    string Rule,
    [property: Description("In the latest of the versions that judged: draft, shadow, canary, enforce or retired")]
        string Mode,
    [property: Description("allow, tag, score, challenge or deny")] string Action,
    long Hits,
    [property: Description("Hits that took part in the decision")] long Enforced,
    [property: Description("Requests that it decided")] long Decided,
    [property: Description("Different addresses; exact to 2,048, then with a standard error of 2.7 %")] long Addresses,
    [property: Description("Different clients (address and user agent), counted alike")] long Clients,
    [property: Description("Different customers among the clients that are known as one's")] long Customers,
    [property: Description("It failed, or lacked a feature, or the budget ran out before its turn")] long Unjudged,
    ShadowFigures Shadow,
    [property: Description("Of requests that this rule denied or challenged")] ClientFigures Refused,
    [property: Description("Of the challenges that it asked for")] ChallengeFigures Challenges
);

/// <summary>Hits that took no part in the decision, by what those requests got from the rules that did.</summary>
public sealed record ShadowFigures(long Hits, long Allowed, long Challenged, long Denied);

/// <summary>Clients that were denied or challenged, and what became of them later in the report's time.</summary>
public sealed record ClientFigures(
    long Clients,
    [property: Description("A later request of theirs was let through")] long AllowedLater,
    [property: Description("Judged to be a person's in later 5 minutes")] long HumanLater,
    [property: Description("A conversion of the same address and user agent came later")] long ConvertedLater,
    [property: Description("Different customers among them, as far as clients are known as one's")] long Customers,
    [property: Description("Those of them that converted later")] long CustomersConverted
);

/// <summary>Signs that people were refused.</summary>
public sealed record FalsePositiveFigures(
    [property: Description("Requests that a rule or the score denied or challenged")] long RefusedRequests,
    [property: Description("Their share of all requests")] double RefusedShare,
    [property: Description("Those of clients that are known as a customer's")] long RefusedOfCustomers,
    [property: Description("Their share of the refused")] double RefusedOfCustomersShare,
    ClientFigures Refused,
    [property: Description("Share of requests that no rule judged")] double BypassShare,
    [property: Description("Share of clients that these figures were taken from, scaled up; 1: all")]
        double ClientsSampled
);

/// <summary>The groups with the most requests.</summary>
public sealed record TopGroups(
    TopGroup Addresses,
    [property: Description("/24 of IPv4, /64 of IPv6")] TopGroup Networks,
    TopGroup UserAgents,
    [property: Description("The first segment of the path")] TopGroup Paths,
    TopGroup Hosts
);

/// <summary>The most frequent values of one kind.</summary>
/// <param name="Unknown">Requests whose record does not hold it: no rule of the version read it.</param>
public sealed record TopGroup(
    IReadOnlyList<TopValue> Values,
    [property: Description("A count may be too low by so many; 0: exact")] long ErrorMax,
    [property: Description("Requests whose record does not hold it")] long Unknown
);

/// <summary>One of the most frequent values, and what became of its requests.</summary>
public sealed record TopValue(
    string Value,
    long Requests,
    [property: Description("Denied or challenged")] long Refused,
    long Flagged
);

/// <summary>From a request being understood to its decision, microseconds; bypasses are not in it.</summary>
public sealed record LatencyFigures(long Decisions, long P50, long P90, long P99, long P999, long Max);

/// <summary>Decisions that were answered and are not stored.</summary>
public sealed record LossFigures(
    long Decisions,
    [property: Description("At most 100, by edge, run and number")] IReadOnlyList<LossAnswer> Stretches
);

/// <summary>A stretch of decisions of one run of an edge that are not stored: first and last number, and the stored neighbours.</summary>
public sealed record LossAnswer(
    [property: Description("Of the edge's id, hexadecimal")] string Edge,
    long First,
    long Last,
    string After,
    string Before
);

/// <summary>What was read for the report.</summary>
/// <param name="Unreadable">Records that do not open, or are of a form that is not known.</param>
public sealed record ReadFigures(
    [property: Description("Events of the log, all of it")] long Events,
    [property: Description("Records of the report's time")] long Records,
    [property: Description("Records of how requests were answered (rules of the response phase)")] long Answers,
    [property: Description("Records that do not open")] long Unreadable
);
