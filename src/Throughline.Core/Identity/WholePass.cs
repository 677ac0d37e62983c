namespace Throughline.Core.Identity;

/// <summary>
/// The partition that a strategy makes of all facts, from the beginning: sharing is counted, the admitted links are ordered, one pass
/// is made. Reads the graph and changes nothing of it, so that a strategy can be tried beside the one in force.
/// </summary>
internal sealed class WholePass
{
    private readonly IdentityGraph graph;
    private readonly StrategyInForce strategy;
    private readonly LinkOrder order;
    private readonly GroupLimits limits;
    private readonly Part?[] parts;
    private readonly int heldOut;
    private readonly LinkEvidence[]? evidence;

    /// <summary>Makes the pass.</summary>
    /// <param name="heldOut">Code of a type whose links are left out, or -1.</param>
    /// <param name="evidence">By link, where it is not what the links themselves hold.</param>
    public WholePass(IdentityGraph graph, StrategyInForce strategy, int heldOut = -1, LinkEvidence[]? evidence = null)
    {
        (this.graph, this.strategy, this.heldOut, this.evidence) = (graph, strategy, heldOut, evidence);
        (order, limits) = (new(graph, strategy), new(graph, strategy, new(graph, strategy, IsAdmitted)));
        Persons = new int[graph.Identifiers.Count];
        Degrees = new int[graph.Identifiers.Count];
        Outcomes = new LinkOutcome[graph.Links.Count];
        IsCandidate = new bool[graph.Links.Count];
        parts = new Part?[graph.Identifiers.Count];
        CountEnds();
        int[] links = Ordered();
        foreach (int link in links)
            Take(link);
    }

    /// <summary>By identifier: candidate links to persons, and to any.</summary>
    public int[] Persons { get; }
    public int[] Degrees { get; }

    /// <summary>By link.</summary>
    public bool[] IsCandidate { get; }
    public LinkOutcome[] Outcomes { get; }

    public bool IsShared(int row) => strategy.IsShared(graph.Identifiers[row].Type, Persons[row], Degrees[row]);

    /// <summary>The group of an identifier; one that is blocked or unseen is alone.</summary>
    public Part PartOf(int row)
    {
        if (parts[row] is { } known)
            return known;
        Part part = new();
        part.Add(row, limits.CountOf(row));
        return parts[row] = part;
    }

    private void CountEnds()
    {
        Neighbours neighbours = new(graph);
        for (int link = 0; link < Outcomes.Length; link++)
        {
            ref readonly LinkRow row = ref graph.Links[link];
            bool isLeftOut = graph.Identifiers[row.A].Type == heldOut || graph.Identifiers[row.B].Type == heldOut;
            if (isLeftOut || !graph.HasEvidence(row, EvidenceOf(link).Count, strategy.MinEvidence))
                continue;
            IsCandidate[link] = true;
            if (!neighbours.IsKnown(row))
            {
                CountEnd(row.A, row.B);
                CountEnd(row.B, row.A);
            }
        }
    }

    private LinkEvidence EvidenceOf(int link) =>
        evidence is null
            ? new(graph.Links[link].First, graph.Links[link].Last, graph.Links[link].Count)
            : evidence[link];

    private void CountEnd(int row, int neighbour)
    {
        Degrees[row]++;
        if (strategy.IsPerson(graph.Identifiers[neighbour].Type))
            Persons[row]++;
    }

    private bool IsAdmitted(int link) =>
        IsCandidate[link] && !IsShared(graph.Links[link].A) && !IsShared(graph.Links[link].B);

    private int[] Ordered()
    {
        List<int> links = [];
        for (int link = 0; link < IsCandidate.Length; link++)
            if (IsAdmitted(link))
                links.Add(link);
        int[] sorted = [.. links];
        LinkKey[] keys = new LinkKey[sorted.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            LinkEvidence age = EvidenceOf(sorted[i]);
            keys[i] = order.KeyOf(graph.Links[sorted[i]], order.AgeOf(age.First, age.Last));
        }
        Array.Sort(keys, sorted);
        return sorted;
    }

    private void Take(int link)
    {
        (Part x, Part y) = (PartOf(graph.Links[link].A), PartOf(graph.Links[link].B));
        bool same = ReferenceEquals(x, y);
        bool accepted = same || limits.Allows(x, y);
        Outcomes[link] = accepted ? LinkOutcome.Accepted : LinkOutcome.Rejected;
        if (same || !accepted)
            return;
        (Part large, Part small) = x.Members.Count >= y.Members.Count ? (x, y) : (y, x);
        large.Add(small);
        foreach (int member in small.Members)
            parts[member] = large;
    }

    // Neighbours are counted, not links: a pair that a matcher links in several tiers, or that was seen as well, is one.
    private readonly struct Neighbours(IdentityGraph graph)
    {
        private readonly HashSet<(int, int)>? pairs = graph.HasStated ? [] : null;

        public bool IsKnown(in LinkRow link) => pairs?.Add((link.A, link.B)) == false;
    }
}
