namespace Throughline.Core.Identity;

/// <summary>
/// Keeps the canonical partition under changes of single links, equal to a pass over all admitted links in order (lenses:
/// identity, incremental). Most changes end here: a union that keeps every limit may be made wherever its link sorts, and a link that
/// its turn rejects changes nothing. The others are replayed (<see cref="Replay"/>), and only as far as they reach.
/// </summary>
internal sealed class Pass(IdentityGraph graph, LinkOrder order, GroupLimits limits)
{
    private const int ListMax = 64;

    private readonly List<LinkChange> one = [default];

    /// <summary>An admitted link comes in.</summary>
    public void Insert(int link)
    {
        ref LinkRow row = ref graph.Links.Mutable(link);
        (int a, int b) = (row.A, row.B);
        if (graph.Groups.Same(a, b))
        {
            row.Outcome = LinkOutcome.Accepted;
            return;
        }
        if (limits.Broken(a, b) == GroupLimit.None)
        {
            row.Outcome = LinkOutcome.Accepted;
            graph.Groups.Unite(a, b);
            return;
        }
        if (!IsAllowedAtItsTurn(link))
            row.Outcome = LinkOutcome.Rejected;
        else
            Replay(new(link, null, order.KeyOf(link)));
    }

    /// <summary>A link that was in the pass is admitted no more.</summary>
    public void Remove(int link)
    {
        ref readonly LinkRow row = ref graph.Links[link];
        LinkKey key = order.KeyOf(link);
        if (row.Outcome == LinkOutcome.Rejected || PartAt(row.A, key).Members.Contains(row.B))
            graph.Links.Mutable(link).Outcome = LinkOutcome.None;
        else
            Replay(new(link, key, null));
    }

    /// <summary>The place of a link in the pass has changed.</summary>
    public void Move(int link, in LinkKey before)
    {
        LinkKey now = order.KeyOf(link);
        if (now == before)
            return;
        ref readonly LinkRow row = ref graph.Links[link];
        bool accepted = row.Outcome == LinkOutcome.Accepted;
        if (now < before == accepted)
            return; // earlier, unions only come sooner; later, a rejected one meets larger groups
        bool changesNothing = accepted
            ? PartAt(row.A, before).Members.Contains(row.B) // connected without it
            : !IsAllowedAtItsTurn(link);
        if (!changesNothing)
            Replay(new(link, before, now));
    }

    /// <summary>A fact behind a limit changed for these identifiers: every union that holds one of them is tried again.</summary>
    public void Recheck(params ReadOnlySpan<int> rows) => Change([], rows);

    /// <summary>Links changed by one fact, and a fact behind a limit with them: all at once.</summary>
    public void Change(List<LinkChange> changes, params ReadOnlySpan<int> rows)
    {
        HashSet<int> seen = [.. changes.Select(change => change.Link)];
        foreach (int row in rows)
        foreach (int member in graph.Groups.MembersOf(row))
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
                if (graph.Links[next - 1].Outcome != LinkOutcome.None && seen.Add(next - 1))
                {
                    LinkKey key = order.KeyOf(next - 1);
                    changes.Add(new(next - 1, key, key));
                }
        if (changes.Count > 0)
            new Replay(graph, order, limits, this).Run(changes);
    }

    /// <summary>The group of an identifier just before a place in the pass: what accepted links before it connect.</summary>
    public Part PartAt(int row, in LinkKey key, Dictionary<int, LinkKey>? keysBefore = null)
    {
        Part part = new();
        HashSet<int>? seen = null; // only where to look through the list would be slower
        part.Add(row, limits.CountOf(row));
        for (int at = 0; at < part.Members.Count; at++)
        {
            int member = part.Members[at];
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
            {
                ref readonly LinkRow link = ref graph.Links[next - 1];
                if (link.Outcome != LinkOutcome.Accepted)
                    continue;
                int other = link.Other(member);
                bool isIn = seen is null ? part.Members.Contains(other) : seen.Contains(other);
                if (isIn || !IsBefore(next - 1, key, keysBefore))
                    continue;
                part.Add(other, limits.CountOf(other));
                if (seen is not null)
                    seen.Add(other);
                else if (part.Members.Count > ListMax)
                    seen = [.. part.Members];
            }
        }
        return part;
    }

    // By the place that a link had before the change under way.
    private bool IsBefore(int link, in LinkKey key, Dictionary<int, LinkKey>? keysBefore) =>
        keysBefore is not null && keysBefore.TryGetValue(link, out LinkKey before)
            ? before < key
            : order.Precedes(link, key);

    private bool IsAllowedAtItsTurn(int link)
    {
        LinkKey key = order.KeyOf(link);
        Part a = PartAt(graph.Links[link].A, key);
        return a.Members.Contains(graph.Links[link].B) || limits.Allows(a, PartAt(graph.Links[link].B, key));
    }

    private void Replay(in LinkChange change)
    {
        one[0] = change;
        Change(one);
    }
}

/// <summary>A link and its places in the pass before and after a change; none where it is not in the pass.</summary>
internal readonly record struct LinkChange(int Link, LinkKey? Before, LinkKey? Now);
