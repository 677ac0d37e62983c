using System.ComponentModel;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Reports;

/// <summary>What became of challenges.</summary>
public sealed record ChallengeFigures(
    [property: Description("Pages with a task that were handed out")] long Issued,
    [property: Description("Tasks that were solved")] long Solved,
    [property: Description(
        "Solved of issued: people who were taken for bots, and bots that do the work; null: none were issued"
    )]
        double? SolvedShare,
    [property: Description("Proofs that were refused")] long Failed,
    [property: Description("Proofs that were used before")] long Replayed,
    [property: Description("Of the solved: clients that the loop guard let through")] long Looped,
    [property: Description("Requests that a clearance spared a challenge")] long Cleared
);

/// <summary>Counts what became of challenges.</summary>
internal sealed class ChallengeTally
{
    private readonly long[] outcomes = new long[Enum.GetValues<ChallengeOutcome>().Length];
    private long cleared;

    /// <summary>Takes a decision or a proof.</summary>
    public void Add(DecisionRecord record)
    {
        if ((uint)record.Challenge >= outcomes.Length)
            throw new InvalidDataException("a record has an outcome of a challenge that is not known");
        outcomes[(int)record.Challenge]++;
        cleared += record.Cause == DecisionCause.Cleared ? 1 : 0;
    }

    public ChallengeFigures Finish()
    {
        long issued = Of(ChallengeOutcome.Issued);
        long solved = Of(ChallengeOutcome.Solved) + Of(ChallengeOutcome.Looped);
        return new(
            issued,
            solved,
            issued == 0 ? null : Math.Round((double)solved / issued, 6, MidpointRounding.ToEven),
            Of(ChallengeOutcome.Failed),
            Of(ChallengeOutcome.Replayed),
            Of(ChallengeOutcome.Looped),
            cleared
        );
    }

    private long Of(ChallengeOutcome outcome) => outcomes[(int)outcome];
}
