namespace Throughline.Core.Gate.Discovery;

/// <summary>What discovery found.</summary>
/// <param name="Split">Null: the traffic is too short.</param>
/// <param name="Visitors">Of the training days, whom no rule in force flags and who had an occasion to show a sign.</param>
/// <param name="Tried">Rules that were tried on the training days.</param>
/// <param name="Passed">Those that passed there.</param>
/// <param name="TriedHeldOut">Those that were tried on the held-out days.</param>
public sealed record DiscoveryResult(
    DaySplit? Split,
    int Visitors,
    int Tried,
    int Passed,
    int TriedHeldOut,
    bool HasPeople,
    IReadOnlyList<Proposal> Proposals
);

/// <summary>
/// Proposes rules from traffic. Nobody labels traffic, so the judge is what people leave behind (<see cref="Signs"/>): a rule is proposed
/// if its visitors show far fewer of the signs that it does not read than others with as many occasions. See <c>docs/guide/gate-discover.md</c>.
/// Pure: equal traffic gives equal proposals.
/// </summary>
public static class RuleDiscovery
{
    public static DiscoveryResult Run(SiteTraffic traffic, VocabularyRun run, MiningLimits limits)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(limits);
        if (DaySplit.Of(traffic) is not { } split)
            return new(null, 0, 0, 0, 0, HasPeople: false, []);
        Crowd training = new(traffic, 0, split.Place);
        Crowd heldOut = new(traffic, split.Place, traffic.Requests);
        int visitors = training.Members.Count(x => x is { IsFlagged: false, Occasions: > 0 });
        if (!training.HasPeople)
            return new(split, visitors, 0, 0, 0, HasPeople: false, []);
        List<Atom> words = AtomBook.Of(traffic, run);
        words.AddRange(new ValueAtoms(traffic, training, limits).All());
        AtomBits bits = new(training);
        RuleMiner miner = new(training, bits, limits);
        IReadOnlyList<Candidate> candidates = miner.Mine(words);
        ProposalPicker picker = new(bits, training, heldOut, AtomBook.Sparing(run), limits);
        IReadOnlyList<Proposal> proposals = picker.Pick(candidates);
        return new(split, visitors, miner.Tried, candidates.Count, picker.Tried, HasPeople: true, proposals);
    }
}
