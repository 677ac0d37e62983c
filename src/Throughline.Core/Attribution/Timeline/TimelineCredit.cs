namespace Throughline.Core.Attribution.Timeline;

/// <summary>What became of one candidate.</summary>
public struct CandidateCredit
{
    /// <summary>Place in the timeline's touches.</summary>
    public int Touch;

    /// <summary>Place in <see cref="CompiledRules.Rules"/>, or -1.</summary>
    public int Rule;
    public TouchReason Reason;

    /// <summary>Every test of the touch alone that failed, as bits of their values; only if the kernel explains.</summary>
    public uint Failed;

    /// <summary>1 for the greatest of its group by (priority, click, time, id), and so on; 0: it did not come so far.</summary>
    public int Rank;

    /// <summary>Of the group's <see cref="GroupCredit.Weights"/>.</summary>
    public long Weight;

    /// <summary>Minor units, before refunds.</summary>
    public long Minor;

    /// <summary>Minor units, after refunds.</summary>
    public long Net;
}

/// <summary>What became of one exclusivity group of a conversion: credits + unattributed = value, before and after refunds.</summary>
public struct GroupCredit
{
    /// <summary>Place in <see cref="CompiledRules.Groups"/>.</summary>
    public int Group;

    /// <summary>The rule that shared it, a place in <see cref="CompiledRules.Rules"/>, or -1.</summary>
    public int Rule;

    /// <summary>The sum of the weights; of participation each weight is one whole, and this is 1.</summary>
    public Int128 Weights;
    public long Value;
    public long Unattributed;
    public long NetValue;
    public long NetUnattributed;

    /// <summary>Three ASCII letters, the first in the lowest byte.</summary>
    public int Currency;

    /// <summary>By which the conversion's currency became this one; none if they are the same.</summary>
    public Rates.RateUse Rate;
}

/// <summary>What became of one conversion.</summary>
public struct ConversionCredit
{
    public ConversionStatus Status;
    public int FirstCandidate;
    public int Candidates;
    public int FirstGroup;
    public int Groups;

    /// <summary>How much the refunds took back, in the conversion's own currency.</summary>
    public long Refunded;
}
