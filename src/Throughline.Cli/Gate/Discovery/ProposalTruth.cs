using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Gate.Decide;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>Holds proposals against the truth of a simulated world (<c>truth-actors.csv</c>). The mining never sees it.</summary>
internal sealed class ProposalTruth
{
    private readonly Dictionary<string, (string Family, string Actor)> truth = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Requests, long Found)> families = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Tally> proposals = [];
    private readonly Tally all = new();

    /// <exception cref="CommandLine.CommandException">The file cannot be read.</exception>
    public static ProposalTruth Open(string path)
    {
        ProposalTruth opened = new();
        foreach ((string id, string family, string actor) in TruthMeasure.Read(path))
            opened.truth[id] = (family, actor);
        return opened;
    }

    /// <summary>Takes a request of the held-out days; others are passed over, and so are lines that are no events of the world.</summary>
    public void Add(ReadOnlySpan<byte> line, bool isHeldOut, GateDecision decision, Func<int, int> placeOf)
    {
        if (
            !isHeldOut
            || JsonRequests.IdOf(line) is not { } id
            || !truth.TryGetValue(id, out (string Family, string Actor) actual)
        )
            return;
        bool isHit = false;
        foreach (RuleMatch match in decision.Matches)
        {
            if (match.Outcome != MatchOutcome.Matched)
                continue;
            isHit = true;
            Of(placeOf(match.Rule), create: true)!.Hit(actual.Family, actual.Actor);
        }
        if (isHit)
            all.Hit(actual.Family, actual.Actor);
        if (actual.Family.Length == 0 || line.IndexOf("\"type\":\"request\""u8) < 0)
            return;
        (long requests, long found) = families.GetValueOrDefault(actual.Family);
        families[actual.Family] = (requests + 1, found + (isHit ? 1 : 0));
    }

    public ProposalTruthFigures Of(int proposal) => (Of(proposal, create: false) ?? new()).Figures();

    /// <summary>Of all proposals together.</summary>
    public ProposalTruthFigures All() => all.Figures();

    public IReadOnlyDictionary<string, FamilyFigures> Families() =>
        families.ToDictionary(
            x => x.Key,
            x => new FamilyFigures(x.Value.Requests, x.Value.Found, (double)x.Value.Found / x.Value.Requests)
        );

    private Tally? Of(int proposal, bool create)
    {
        if (!proposals.TryGetValue(proposal, out Tally? tally) && create)
            proposals.Add(proposal, tally = new());
        return tally;
    }

    private sealed class Tally
    {
        private readonly SortedDictionary<string, long> families = new(StringComparer.Ordinal);
        private readonly HashSet<string> people = new(StringComparer.Ordinal);
        private long humans;

        public void Hit(string family, string actor)
        {
            if (family.Length > 0)
                families[family] = families.GetValueOrDefault(family) + 1;
            else
            {
                humans++;
                people.Add(actor);
            }
        }

        public ProposalTruthFigures Figures()
        {
            long bots = families.Values.Sum();
            return new(
                bots + humans == 0 ? null : Math.Round((double)bots / (bots + humans), 4, MidpointRounding.ToEven),
                humans,
                people.Count,
                families
            );
        }
    }
}

/// <summary>What matched events of the held-out days really are.</summary>
/// <param name="Precision">Share of bots' events, good bots' too; null: nothing matched.</param>
/// <param name="Families">Matched events by family of bots.</param>
internal sealed record ProposalTruthFigures(
    double? Precision,
    long PeoplesRequests,
    int People,
    IReadOnlyDictionary<string, long> Families
);
