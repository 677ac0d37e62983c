using System.Text;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Rules;

/// <summary>One rule of a version, ready to be evaluated.</summary>
internal sealed class RulePlan(int index, RuleDocument document, GateExpression when, bool[]? routes)
{
    private readonly ulong salt = SaltOf(document);

    // A share of all hashes; 100 % takes the last one, too.
    private readonly double share = document.CanaryPercent / 100;

    /// <summary>Its place in the document.</summary>
    public int Index { get; } = index;
    public RuleDocument Document { get; } = document;
    public GateExpression When { get; } = when;

    /// <summary>Names a rule in hashes: the same in every version.</summary>
    public static ulong SaltOf(RuleDocument rule) => Mix.Bytes(Encoding.UTF8.GetBytes(rule.Id));

    public bool IsTerminating => Document.Action is RuleAction.Allow or RuleAction.Challenge or RuleAction.Deny;

    public DecisionAction Action =>
        Document.Action switch
        {
            RuleAction.Challenge => DecisionAction.Challenge,
            RuleAction.Deny => DecisionAction.Deny,
            _ => DecisionAction.Allow,
        };

    /// <summary>Whether it is evaluated at all for a request.</summary>
    public bool IsInForce(long time, int route) =>
        (Document.ExpiresAt is not { } end || time < end) && (routes is null || routes[route]);

    /// <summary>Whether it takes part in the decision about a visitor: sticky, and independent of other rules.</summary>
    public bool IsEnforcedFor(ulong visitor) =>
        Document.Mode switch
        {
            RuleMode.Enforce => true,
            // 53 bits: as many as a double holds, so that the share is exact.
            RuleMode.Canary => (Mix.Two(salt, visitor) >> 11) * (1.0 / (1UL << 53)) < share,
            _ => false,
        };
}
