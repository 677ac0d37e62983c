using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Impact;

/// <summary>Who one rule hit, over all versions that have it, and the experiment of its hold-out.</summary>
internal sealed class RuleHits(RuleDocument first)
{
    private readonly HitBook book = new();
    private RuleDocument latest = first;
    private long version = -1;
    private HoldoutBook? holdout;

    public string Id => latest.Id;

    public long Hits => book.Hits;

    public IEnumerable<Token> Customers => book.Customers.Concat(holdout?.Customers ?? []);

    public void Add(RuleDocument rule, in ImpactHit hit)
    {
        if (hit.Version >= version)
            (latest, version) = (rule, hit.Version);
        book.Add(hit);
        if (hit.Unit is null || !(hit.Enforced || hit.HeldOut) || !(rule.HoldoutPercent > 0))
            return;
        // Another lot, or another share of it, is another experiment: only the last one is told.
        (ulong Lot, double Percent) asked = (RulePlan.LotOf(rule), rule.HoldoutPercent);
        if (holdout is null || (holdout.Lot, holdout.Percent) != asked)
            holdout = new(asked.Lot, asked.Percent);
        holdout.Add(hit);
    }

    public RuleImpact Finish(People people, long end) =>
        new(Id, Words.Of(latest.Mode), Words.Of(latest.Action), book.Finish(people), holdout?.Finish(people, end));
}
