using System.ComponentModel;

namespace Throughline.Core.Gate.Backtest;

/// <summary>What a backtest found.</summary>
public sealed record BacktestReport(
    long Requests,
    [property: Description("Different ones; exact to 65,536, then with a standard error of 0.5 %")] long Addresses,
    [property: Description("By the draft: denied, challenged, or recognised as a bot's, good or bad")]
        long FlaggedRequests,
    long FlaggedAddresses,
    [property: Description("By the rules that the draft was held against")] long? FlaggedToday,
    [property: Description("Requests whose user agent declares a bot: the label that all traffic has")]
        long DeclaredBots,
    [property: Description("What the draft flags, held against labels")] LabelFigures Draft,
    [property: Description("The same of the rules that it was held against")] LabelFigures? Today,
    IReadOnlyDictionary<string, BacktestRule> ByRule,
    [property: Description("Requests with another action or flag than today")] long? Differences,
    [property: Description("The first of them")] IReadOnlyList<BacktestSample> Samples,
    [property: Description("Kinds of labels that this traffic does not have")] IReadOnlyList<string> LabelsLacked
);

/// <summary>What one rule of the draft did.</summary>
public sealed record BacktestRule(
    string Mode,
    long Hits,
    [property: Description("Different ones; exact to 8,192, then with a standard error of 1.3 %")] long Addresses,
    [property: Description("Different customers, as far as clients are known as one's; none where no traffic is")]
        long? Customers,
    [property: Description("Share of its requests whose user agent declares a bot; none without requests")]
        double? Precision,
    [property: Description("Share of all requests of declared bots that it matched")] double? Recall,
    LabelFigures Labels,
    [property: Description("Rules of today that matched the same requests, with how many")]
        IReadOnlyDictionary<string, long> Overlap,
    [property: Description(
        "Features that it needs and the traffic lacks, with in how many requests: there it was not tried"
    )]
        IReadOnlyDictionary<string, long> Lacked
);

/// <summary>Matches held against what is known of the requests; null: there are no labels of the kind.</summary>
public sealed record LabelFigures(
    [property: Description("By analysts' labels, requests")] LabelFigure? Analyst,
    [property: Description("By addresses that asked for a honeypot; no address is known to be a person's")]
        LabelFigure? Honeypot
);

/// <summary>What a rule matched of the requests that have a label of one kind.</summary>
public sealed record LabelFigure(
    [property: Description("Labelled as a bot's")] long Bots,
    [property: Description("Labelled as a person's")] long Humans,
    [property: Description("Of the bots, matched")] long BotsHit,
    [property: Description("Of the people, matched")] long HumansHit,
    [property: Description(
        "Matched bots among all matched that have a label; none if nothing matched, or people are not known"
    )]
        double? Precision,
    [property: Description("Matched bots among all bots; none without bots")] double? Recall
);

/// <summary>A request that comes out differently.</summary>
public sealed record BacktestSample(
    [property: Description("The log's line, or the request of the record")] string Line,
    [property: Description("Of a stored request its decision's id")] string? Decision,
    string Today,
    string Draft,
    [property: Description("Ids of the rules of today that matched")] IReadOnlyList<string> RulesToday,
    IReadOnlyList<BacktestMatch> RulesDraft,
    [property: Description("Why those of today matched")] IReadOnlyList<BacktestMatch> BecauseToday
);

/// <summary>Why a rule matched.</summary>
public sealed record BacktestMatch(
    string Rule,
    [property: Description("What decided, with values")] string Because,
    [property: Description("request or response")] string Phase
);
