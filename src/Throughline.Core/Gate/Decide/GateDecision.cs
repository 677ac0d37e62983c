using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>Why a request has the action that it has.</summary>
public enum DecisionCause : byte
{
    /// <summary>Nothing spoke against it.</summary>
    NoMatch = 0,

    /// <summary>The enforced match of the highest priority.</summary>
    Rule = 1,

    /// <summary>The route's threshold for the score.</summary>
    Score = 2,

    /// <summary>The budget of the decision ran out: the route's fail policy.</summary>
    BudgetExceeded = 3,

    /// <summary>No rule set, an unreadable request or a defect of ours: the route's fail policy.</summary>
    Failure = 4,

    /// <summary>A rule or the score asked for a proof, and the client had given it: it passes.</summary>
    Cleared = 5,
}

/// <summary>What came of one rule.</summary>
public enum MatchOutcome : byte
{
    Matched = 0,

    /// <summary>It failed; <see cref="RuleMatch.Error"/> says how. A rule's error is that rule's result, never the decision's.</summary>
    Error = 1,

    /// <summary>It needs a feature that this request's source lacks.</summary>
    Unknown = 2,

    /// <summary>The budget of the decision ran out before its turn came.</summary>
    Skipped = 3,
}

/// <summary>A rule that did not simply come out false.</summary>
/// <param name="Rule">Its place in the version.</param>
/// <param name="Enforced">Whether it took part in the decision (enforced, or canary and the visitor is in its share).</param>
/// <param name="HeldOut">It would have taken part, but the request's unit is of the rule's hold-out.</param>
/// <param name="Quiet">It matched this address less than <see cref="RuleDocument.QuietMs"/> ago: it counts, but is not reported.</param>
public readonly record struct RuleMatch(
    int Rule,
    MatchOutcome Outcome,
    bool Enforced,
    string? Error,
    bool Quiet = false,
    bool HeldOut = false
);

/// <summary>The answer to one request. Filled again and again; not for two threads.</summary>
public sealed class GateDecision
{
    public DecisionAction Action { get; set; }
    public int Score { get; set; }
    public DecisionCause Cause { get; set; }

    /// <summary>Place of the rule that decided; -1 if none did.</summary>
    public int DecidingRule { get; set; } = -1;
    public RouteDocument Route { get; set; } = RouteDocument.Default;
    public List<RuleMatch> Matches { get; } = new(16);

    /// <summary>Tags of enforced matches, in the order of the rules, each once.</summary>
    public List<string> Tags { get; } = new(8);

    /// <summary>What enforced matches have put into lists.</summary>
    public List<Listing> Listings { get; } = [];

    /// <summary>An enforced rule recognised a bot (<see cref="RuleDocument.Bot"/>), or the action is not allow or tag.</summary>
    public bool IsFlagged { get; set; }
    public DenialDocument? Denial { get; set; }

    /// <summary>Number of the version that judged.</summary>
    public long Version { get; set; }

    /// <summary>What became of a challenge.</summary>
    public ChallengeOutcome Challenge { get; set; }

    /// <summary>Why a proof was refused.</summary>
    public ChallengeFault Fault { get; set; }

    /// <summary>What the evaluation needs besides its input, kept from decision to decision.</summary>
    internal JudgeScratch Scratch { get; } = new();

    /// <summary>Makes it as new.</summary>
    public void Reset()
    {
        (Action, Score, Cause, DecidingRule, Version) = (DecisionAction.Allow, 0, DecisionCause.NoMatch, -1, 0);
        (Route, IsFlagged, Denial) = (RouteDocument.Default, false, null);
        (Challenge, Fault) = (ChallengeOutcome.None, ChallengeFault.None);
        Matches.Clear();
        Tags.Clear();
        Listings.Clear();
    }
}
