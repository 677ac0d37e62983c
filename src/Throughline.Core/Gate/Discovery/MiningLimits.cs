namespace Throughline.Core.Gate.Discovery;

/// <summary>What a rule needs to be proposed.</summary>
public sealed record MiningLimits
{
    public static MiningLimits Default { get; } = new();

    /// <summary>Proposals at most.</summary>
    public int ProposalsMax { get; init; } = 10;

    /// <summary>Conditions of one rule at most, without those that spare visitors.</summary>
    public int ConjunctsMax { get; init; } = 4;

    /// <summary>Visitors of a rule, at least, on the days that it is looked for; on held-out days half.</summary>
    public int VisitorsMin { get; init; } = 8;

    /// <summary>Different networks (/24) of theirs, at least: one neighbour is no pattern.</summary>
    public int NetworksMin { get; init; } = 3;

    /// <summary>Requests that it adds, at least.</summary>
    public int RequestsMin { get; init; } = 20;

    /// <summary>Estimated share of bots, at least; on the held-out days too.</summary>
    public double PrecisionMin { get; init; } = 0.95;

    /// <summary>Its lower bound (5 %, one-sided) on the days that it is looked for, at least; on the held-out days <see cref="HeldOutLowerMin"/>.</summary>
    public double LowerMin { get; init; } = 0.7;

    /// <inheritdoc cref="LowerMin"/>
    public double HeldOutLowerMin { get; init; } = 0.4;

    /// <summary>False discovery rate over all rules that were tried (Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995).</summary>
    public double FalseDiscoveryRate { get; init; } = 0.01;

    /// <summary>Probability of chance on the held-out days, over all rules that are tried there (Bonferroni).</summary>
    public double HeldOutError { get; init; } = 0.01;

    /// <summary>Whether a rule may be proposed for this evidence of the days that it is looked for.</summary>
    internal bool Passes(in Evidence evidence) =>
        evidence.Visitors >= VisitorsMin
        && evidence.Networks >= NetworksMin
        && evidence.Precision >= PrecisionMin
        && evidence.PrecisionLower >= LowerMin
        && Agrees(evidence);

    /// <summary>
    /// Whether what a rule adds to those before it may be added: the rule has passed as a whole, so that half of the visitors will do, but
    /// they too lack signs.
    /// </summary>
    internal bool Adds(in Evidence evidence) =>
        2 * evidence.Visitors >= VisitorsMin
        && evidence.Precision >= PrecisionMin
        && evidence.PrecisionLower >= HeldOutLowerMin;

    /// <summary>Whether what a rule adds on the held-out days does not speak against it; few visitors say little.</summary>
    internal bool AddsHeldOut(in Evidence evidence) =>
        evidence.Visitors > 0
        && (evidence.Precision >= PrecisionMin || (evidence.Expected < 3 && evidence.Shown + evidence.Odd == 0));

    /// <summary>Whether it holds on the held-out days.</summary>
    /// <param name="tried">How many rules have been tried there, this one too.</param>
    internal bool Holds(in Evidence evidence, int tried) =>
        2 * evidence.Visitors >= VisitorsMin
        && evidence.Networks >= Math.Min(NetworksMin, 2)
        && evidence.Precision >= PrecisionMin
        && evidence.PrecisionLower >= HeldOutLowerMin
        && Agrees(evidence)
        && (evidence.LogP <= Math.Log(HeldOutError / tried) || 2 * evidence.Bots >= VisitorsMin);

    // Labels outweigh behaviour: where they call its visitors people, nothing is proposed, whatever these lack.
    private bool Agrees(in Evidence evidence) => evidence.Bots >= PrecisionMin * (evidence.Bots + evidence.Humans);
}
