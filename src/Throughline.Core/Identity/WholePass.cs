namespace Throughline.Core.Identity;

/// <summary>
/// The pass over all admitted links from the beginning, for a strategy that has just come into force; then those customers are put
/// together anew whose members differ.
/// </summary>
internal sealed class WholePass(IdentityGraph graph, LinkOrder order, StrategyInForce strategy)
{
    private readonly GroupLimits limits = new(graph, strategy);
    private readonly Part?[] parts = new Part?[graph.Identifiers.Count];

    public void Run(Func<int, bool> isAdmitted)
    {
        foreach (int link in Ordered(isAdmitted))
            Take(link);
        Commit();
    }

    private int[] Ordered(Func<int, bool> isAdmitted)
    {
        List<int> links = [];
        for (int link = 0; link < graph.Links.Count; link++)
        {
            graph.Links.Mutable(link).Outcome = LinkOutcome.None;
            if (isAdmitted(link))
                links.Add(link);
        }
        int[] sorted = [.. links];
        Array.Sort([.. links.Select(order.KeyOf)], sorted);
        return sorted;
    }

    private void Take(int link)
    {
        (int a, int b) = (graph.Links[link].A, graph.Links[link].B);
        (Part x, Part y) = (PartOf(a), PartOf(b));
        bool accepted = ReferenceEquals(x, y) || limits.Allows(x, y);
        graph.Links.Mutable(link).Outcome = accepted ? LinkOutcome.Accepted : LinkOutcome.Rejected;
        if (!accepted || ReferenceEquals(x, y))
            return;
        (Part large, Part small) = x.Members.Count >= y.Members.Count ? (x, y) : (y, x);
        large.Members.AddRange(small.Members);
        large.Counts += small.Counts;
        foreach (int member in small.Members)
            parts[member] = large;
    }

    private Part PartOf(int row)
    {
        if (parts[row] is { } known)
            return known;
        Part part = new();
        part.Add(row, limits.CountOf(row));
        return parts[row] = part;
    }

    // Groups keep their rows where their members are the same; how many of limited types they have is counted again.
    private void Commit()
    {
        List<int> rows = [];
        List<List<int>> groups = [];
        for (int row = 0; row < parts.Length; row++)
        {
            Part part = PartOf(row);
            if (IsAsBefore(part))
            {
                graph.Groups.Recount(row, part.Counts);
                continue;
            }
            rows.Add(row);
            part.Members.Sort();
            if (part.Members[0] == row)
                groups.Add(part.Members);
        }
        if (rows.Count > 0)
            graph.Groups.Rearrange(rows, groups);
    }

    private bool IsAsBefore(Part part)
    {
        int first = part.Members[0];
        if (graph.Groups.SizeOf(first) != part.Members.Count)
            return false;
        foreach (int member in part.Members)
            if (!graph.Groups.Same(first, member))
                return false;
        return true;
    }
}
