using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Tenants;

/// <summary>Tells in a sentence what became of a client's answer to a challenge.</summary>
internal static class ProofSentence
{
    /// <param name="rules">The version that asked; null: it cannot be read.</param>
    public static string Of(DecisionRecord proof, GateDocument? rules)
    {
        string asked =
            rules is not null && (uint)proof.DecidingRule < (uint)rules.Rules.Count
                ? $"rule {rules.Rules[proof.DecidingRule].Id} of version {proof.Version}"
                : "the gate";
        return proof.Challenge switch
        {
            ChallengeOutcome.Solved => $"The client solved the task that {asked} had given it, and got a clearance.",
            ChallengeOutcome.Looped =>
                $"The client solved the task that {asked} had given it, as it had solved others before without keeping the clearance: it is let through for a while.",
            ChallengeOutcome.Replayed =>
                $"The client brought a proof that had been used before, of a task that {asked} had given.",
            _ => $"The client's proof was refused: {Why(proof.Fault)}.",
        };
    }

    private static string Why(ChallengeFault fault) =>
        fault switch
        {
            ChallengeFault.Malformed => "it has not the form of one",
            ChallengeFault.TooLittleWork => "the task is not solved",
            ChallengeFault.Forged => "the task is none that this gate gave this tenant's clients",
            ChallengeFault.Expired => "the task is too old",
            ChallengeFault.OtherAddress => "the task was given to another network",
            ChallengeFault.OtherAgent => "the task was given to another user agent",
            _ => "for an unknown reason",
        };
}
