using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Rules;

/// <summary>One rule of a version, ready to be evaluated.</summary>
internal sealed class RulePlan(int index, RuleDocument document, GateExpression when, bool[]? routes)
{
    private readonly ulong salt = SaltOf(document);

    // A share of all hashes; 100 % takes the last one, too.
    private readonly double share = document.CanaryPercent / 100;
    private readonly ulong lot = LotOf(document);
    private readonly double heldOut = document.HoldoutPercent / 100;

    /// <summary>Its place in the document.</summary>
    public int Index { get; } = index;
    public RuleDocument Document { get; } = document;
    public GateExpression When { get; } = when;

    /// <summary>Names a rule in hashes: the same in every version.</summary>
    public static ulong SaltOf(RuleDocument rule) => Mix.Bytes(Encoding.UTF8.GetBytes(rule.Id));

    /// <summary>
    /// Names a rule in the draw of its hold-out: another once it matches or does something else, the same if only its mode, share, priority
    /// or what people wrote about it changes.
    /// </summary>
    public static ulong LotOf(RuleDocument rule)
    {
        KeyHash hash = new(UInt128.Zero);
        hash.Add("holdout");
        hash.Add(rule.Id);
        hash.Add(rule.When);
        hash.Add((long)rule.Action);
        hash.Add(rule.Score);
        return (ulong)hash.Finish();
    }

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
            RuleMode.Canary => DrawOf(salt, visitor) < share,
            _ => false,
        };

    /// <summary>Whether a unit is held out: for as long as the rule matches and does the same. A larger share holds out the same ones and more.</summary>
    public bool IsHeldOut(HoldoutUnit unit) => heldOut > 0 && DrawOf(lot, unit.Draw) < heldOut;

    // Evenly from 0 to 1; 53 bits, as many as a double holds, so that a share is exact.
    private static double DrawOf(ulong salt, ulong hash) => (Mix.Two(salt, hash) >> 11) * (1.0 / (1UL << 53));
}
