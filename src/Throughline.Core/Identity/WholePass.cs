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

    /// <summary>Makes the pass.</summary>
    /// <param name="heldOut">Code of a type whose links are left out, or -1.</param>
    public WholePass(IdentityGraph graph, StrategyInForce strategy, int heldOut = -1)
    {
        (this.graph, this.strategy, this.heldOut) = (graph, strategy, heldOut);
        (order, limits) = (new(graph, strategy), new(graph, strategy));
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
        for (int link = 0; link < Outcomes.Length; link++)
        {
            ref readonly LinkRow row = ref graph.Links[link];
            bool isLeftOut = graph.Identifiers[row.A].Type == heldOut || graph.Identifiers[row.B].Type == heldOut;
            if (isLeftOut || !graph.HasEvidence(row, strategy.MinEvidence))
                continue;
            IsCandidate[link] = true;
            CountEnd(row.A, row.B);
            CountEnd(row.B, row.A);
        }
    }

    private void CountEnd(int row, int neighbour)
    {
        Degrees[row]++;
        if (strategy.IsPerson(graph.Identifiers[neighbour].Type))
            Persons[row]++;
    }

    private int[] Ordered()
    {
        List<int> links = [];
        for (int link = 0; link < IsCandidate.Length; link++)
            if (IsCandidate[link] && !IsShared(graph.Links[link].A) && !IsShared(graph.Links[link].B))
                links.Add(link);
        int[] sorted = [.. links];
        LinkKey[] keys = new LinkKey[sorted.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = order.KeyOf(sorted[i]);
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
        large.Members.AddRange(small.Members);
        large.Counts += small.Counts;
        foreach (int member in small.Members)
            parts[member] = large;
    }
}
