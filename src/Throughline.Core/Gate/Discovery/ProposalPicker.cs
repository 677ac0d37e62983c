using System.Globalization;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Picks few of the rules that passed: each time the one that adds most, if what it adds passes by itself, and holds on the held-out days.
/// </summary>
internal sealed class ProposalPicker
{
    private const double AlmostAsMuch = 0.8;

    private readonly MiningLimits limits;
    private readonly Side training;
    private readonly Side heldOut;
    private readonly Atom[] sparing;
    private readonly List<Proposal> picked = [];

    /// <summary>Begins with nothing picked.</summary>
    /// <param name="sparing">Conditions that leave out who has shown a sign.</param>
    public ProposalPicker(AtomBits trainingBits, Crowd training, Crowd heldOut, Atom[] sparing, MiningLimits limits)
    {
        this.training = new(training, trainingBits);
        this.heldOut = new(heldOut, new(heldOut));
        (this.sparing, this.limits) = (sparing, limits);
    }

    /// <summary>Rules that were tried on the held-out days.</summary>
    public int Tried { get; private set; }

    public IReadOnlyList<Proposal> Pick(IReadOnlyList<Candidate> candidates)
    {
        List<Candidate> left = [.. candidates];
        while (picked.Count < limits.ProposalsMax && left.Count > 0)
        {
            List<(double Gain, Candidate Candidate)> ranked =
            [
                .. left.Select(x => (Gain: training.Gain(x), Candidate: x))
                    .Where(x => x.Gain >= limits.RequestsMin)
                    .OrderByDescending(x => x.Gain)
                    .ThenBy(x => x.Candidate.When, StringComparer.Ordinal),
            ];
            left = [.. ranked.Select(x => x.Candidate)];
            if (Best(ranked, left) is not { } best)
                break;
            left.Remove(best);
            Propose(best);
        }
        return picked;
    }

    // Among those that add almost as much, the simplest. What adds nothing that passes by itself never will: others only take away.
    private Candidate? Best(List<(double Gain, Candidate Candidate)> ranked, List<Candidate> left)
    {
        (double Gain, Candidate Candidate)? best = null;
        foreach ((double gain, Candidate candidate) in ranked)
        {
            if (best is { } so && gain < AlmostAsMuch * so.Gain)
                break;
            if (!limits.Adds(training.Added(candidate)))
                left.Remove(candidate);
            else if (best is not { } other || IsSimpler(candidate, other.Candidate))
                best = (best?.Gain ?? gain, candidate);
        }
        return best?.Candidate;
    }

    private static bool IsSimpler(Candidate candidate, Candidate other) =>
        candidate.Burden < other.Burden
        || (candidate.Burden == other.Burden && candidate.Evidence.Precision > other.Evidence.Precision + 0.01);

    private void Propose(Candidate best)
    {
        Tried++;
        Evidence held = heldOut.Whole(best);
        if (!limits.Holds(held, Tried) || !limits.AddsHeldOut(heldOut.Added(best)))
            return;
        Atom[] spares = [.. sparing.Where(x => Spares(best, x))];
        Atom[] all = [.. best.Atoms, .. spares];
        picked.Add(
            new(
                string.Create(CultureInfo.InvariantCulture, $"discovered-{picked.Count + 1}"),
                string.Join(" && ", all.Select(x => x.When)),
                string.Join(", ", all.Select(x => x.Says)),
                best.Judged,
                [.. spares.Select(x => x.When)],
                best.Evidence,
                held,
                training.Added(best) + heldOut.Added(best)
            )
        );
        training.Cover(all);
        heldOut.Cover(all);
    }

    private bool Spares(Candidate candidate, Atom spare) =>
        !candidate.Atoms.Any(x => x.Group == spare.Group) && training.IsWorthSparing(candidate.Atoms, spare);

    /// <summary>The requests and visitors of one side of the split, less those that earlier proposals hit.</summary>
    private sealed class Side(Crowd crowd, AtomBits bits)
    {
        private readonly EvidenceTally tally = new(crowd);
        private readonly bool[] coveredMembers = new bool[crowd.Members.Length];
        private readonly ulong[] coveredRows = bits.NewBits();

        public double Gain(Candidate candidate) =>
            RowBits.CountOutside(bits.Of(candidate.Atoms), coveredRows) * candidate.Evidence.Precision;

        public Evidence Whole(Candidate candidate) => tally.Of(bits.Of(candidate.Atoms), candidate.Judged);

        /// <summary>Of visitors that no earlier proposal hits.</summary>
        public Evidence Added(Candidate candidate) =>
            tally.Of(bits.Of(candidate.Atoms), candidate.Judged, coveredMembers);

        public void Cover(IReadOnlyList<Atom> atoms)
        {
            ulong[] hit = bits.Of(atoms);
            tally.Cover(hit, coveredMembers);
            for (int i = 0; i < hit.Length; i++)
                coveredRows[i] |= hit[i];
        }

        // It leaves out requests of visitors that show signs, and hardly any of the others.
        public bool IsWorthSparing(IReadOnlyList<Atom> atoms, Atom spare)
        {
            (int shown, int silent) = RequestsOf(bits.Of(atoms));
            (int shownLeft, int silentLeft) = RequestsOf(bits.Of([.. atoms, spare]));
            return shown - shownLeft >= 0.3 * shown && shown > 0 && silentLeft >= 0.95 * silent;
        }

        private (int Shown, int Silent) RequestsOf(ulong[] hit)
        {
            (int shown, int silent) = (0, 0);
            for (int i = 0; i < crowd.Rows.Length; i++)
                if ((hit[i >> 6] >> i & 1) == 0)
                    continue;
                else if (crowd.Members[crowd.MemberOfRow[i]].Shown != 0)
                    shown++;
                else
                    silent++;
            return (shown, silent);
        }
    }
}
