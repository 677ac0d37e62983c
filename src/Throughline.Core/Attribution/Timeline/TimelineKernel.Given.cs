namespace Throughline.Core.Attribution.Timeline;

/// <summary>
/// What a stored result tells of a conversion's inputs besides touches, rules and refunds: which rule each touch came under, what
/// expressions and earlier credit said, and what the conversion was worth.
/// </summary>
/// <param name="Rules">Of each touch: a place in <see cref="CompiledRules.Rules"/>, or -1.</param>
/// <param name="Failed">Of each touch: the tests that it failed; of those that need more than the record only these are taken.</param>
/// <param name="Worth">By rule.</param>
internal sealed record GivenInputs(IReadOnlyList<int> Rules, IReadOnlyList<uint> Failed, IReadOnlyList<RuleWorth> Worth)
{
    /// <summary>Tests whose outcome a record has to tell: they asked events or earlier conversions.</summary>
    public const uint Asked =
        1u << (int)TouchReason.NotEligible
        | 1u << (int)TouchReason.EligibilityError
        | 1u << (int)TouchReason.NoRate
        | 1u << (int)TouchReason.ValueError
        | 1u << (int)TouchReason.DuplicateKey
        | 1u << (int)TouchReason.Cooldown
        | 1u << (int)TouchReason.BeforeCycle
        | 1u << (int)TouchReason.Used
        | 1u << (int)TouchReason.CountedOnce
        | 1u << (int)TouchReason.ConversionCap;

    /// <summary>Groups that the rules are of, ascending.</summary>
    public required IReadOnlyList<int> Groups { get; init; }
}

/// <summary>A conversion's credit from its stored inputs alone.</summary>
public sealed partial class TimelineKernel
{
    private GivenInputs? given;

    /// <summary>Evaluates the one conversion of a timeline whose touches are exactly its candidates.</summary>
    internal void Derive(in CustomerTimeline timeline, GivenInputs inputs)
    {
        given = inputs;
        try
        {
            Evaluate(timeline);
        }
        finally
        {
            given = null;
        }
    }

    private void Take(in CustomerTimeline timeline, in TimelineConversion conversion, GivenInputs inputs)
    {
        if (candidates.Length < timeline.Touches.Length)
            candidates = new CandidateCredit[timeline.Touches.Length];
        StartTests();
        for (int touch = 0; touch < timeline.Touches.Length; touch++)
        {
            int rule = inputs.Rules[touch];
            CandidateCredit candidate = new() { Touch = touch, Rule = rule };
            if (rule < 0)
                Note(TouchReason.NoRule, ref candidate.Reason, ref candidate.Failed);
            else
            {
                candidate.Reason = TestPlain(
                    timeline,
                    conversion,
                    timeline.Touches[touch],
                    plans[rule],
                    ref candidate.Failed
                );
                foreach (TouchReason reason in TouchReasons.Order)
                    if ((inputs.Failed[touch] & GivenInputs.Asked & 1u << (int)reason) != 0)
                        Note(reason, ref candidate.Reason, ref candidate.Failed);
            }
            candidates[candidateCount++] = candidate;
        }
    }
}
