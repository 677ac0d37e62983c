namespace Throughline.Core.Identity;

/// <summary>
/// The pass once more from the first changed link on, old and new side by side, over those links alone that have an end in a
/// group that differs between the two. Where both agree again, the work stops.
/// </summary>
internal sealed class Replay(IdentityGraph graph, LinkOrder order, GroupLimits limits, Pass pass)
{
    private enum Step
    {
        /// <summary>A link leaves its old place.</summary>
        Leaves,

        /// <summary>A link takes its new place.</summary>
        Comes,

        /// <summary>A link has its turn as before, in other groups perhaps.</summary>
        Stays,

        /// <summary>The same, and what it is measured by may have changed.</summary>
        Again,
    }

    private readonly PriorityQueue<(int Link, Step Step), LinkKey> turns = new();
    private readonly HashSet<int> queued = [];
    private readonly Dictionary<int, LinkKey> keysBefore = [];
    private readonly Dictionary<int, LinkOutcome> outcomes = [];
    private readonly Dictionary<int, Part> old = [];
    private readonly Dictionary<int, Part> now = [];

    public void Run(List<LinkChange> changes)
    {
        foreach (LinkChange change in changes)
            Enqueue(change);
        while (turns.TryDequeue(out (int Link, Step Step) turn, out LinkKey key))
            Take(turn.Link, turn.Step, key);
        foreach ((int link, LinkOutcome outcome) in outcomes)
            graph.Links.Mutable(link).Outcome = outcome;
        Commit();
    }

    private void Enqueue(in LinkChange change)
    {
        if (change is { Before: { } same, Now: { } again } && same == again)
        {
            turns.Enqueue((change.Link, Step.Again), same);
            queued.Add(change.Link);
            return;
        }
        if (change.Before is { } before)
        {
            keysBefore.Add(change.Link, before);
            turns.Enqueue((change.Link, Step.Leaves), before);
            outcomes[change.Link] = LinkOutcome.None;
        }
        if (change.Now is { } after)
            turns.Enqueue((change.Link, Step.Comes), after);
    }

    private void Take(int link, Step step, in LinkKey key)
    {
        (int a, int b) = (graph.Links[link].A, graph.Links[link].B);
        queued.Remove(link);
        if (step == Step.Stays && !now.ContainsKey(a) && !now.ContainsKey(b))
            return; // the passes agree about its ends by now
        bool was = step != Step.Comes && graph.Links[link].Outcome == LinkOutcome.Accepted;
        bool accepted = false;
        if (step != Step.Leaves)
        {
            accepted = IsAccepted(a, b, key);
            outcomes[link] = accepted ? LinkOutcome.Accepted : LinkOutcome.Rejected;
        }
        if (!accepted && !was)
            return;
        Pull(a, key);
        Pull(b, key);
        if (was)
            Unite(old, a, b);
        if (accepted)
            Unite(now, a, b);
        DropIfEqual(old, now, a);
        DropIfEqual(old, now, b);
    }

    private bool IsAccepted(int a, int b, in LinkKey key)
    {
        Part x = NowAt(a, key);
        if (x.Members.Contains(b))
            return true;
        return limits.Allows(x, NowAt(b, key));
    }

    private Part NowAt(int row, in LinkKey key) =>
        now.TryGetValue(row, out Part? part) ? part : pass.PartAt(row, key, keysBefore);

    // Brings a group in that was the same in both passes so far, and the later turns of its links.
    private void Pull(int row, in LinkKey key)
    {
        if (now.ContainsKey(row))
            return;
        Part before = pass.PartAt(row, key, keysBefore);
        Part after = new();
        foreach (int member in before.Members)
            after.Add(member, limits.CountOf(member));
        foreach (int member in before.Members)
        {
            old[member] = before;
            now[member] = after;
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
            {
                int link = next - 1;
                if (graph.Links[link].Outcome == LinkOutcome.None || keysBefore.ContainsKey(link))
                    continue;
                LinkKey turn = order.KeyOf(link);
                if (turn > key && queued.Add(link))
                    turns.Enqueue((link, Step.Stays), turn);
            }
        }
    }

    private static void Unite(Dictionary<int, Part> of, int a, int b)
    {
        (Part large, Part small) = (of[a], of[b]);
        if (ReferenceEquals(large, small))
            return;
        if (large.Members.Count < small.Members.Count)
            (large, small) = (small, large);
        large.Add(small);
        foreach (int member in small.Members)
            of[member] = large;
    }

    // The old and the new pass agree about this group.
    private static void DropIfEqual(Dictionary<int, Part> old, Dictionary<int, Part> now, int row)
    {
        if (!old.TryGetValue(row, out Part? before) || now[row].Members.Count != before.Members.Count)
            return;
        foreach (int member in before.Members)
            if (!ReferenceEquals(now[member], now[row]))
                return;
        foreach (int member in before.Members)
        {
            old.Remove(member);
            now.Remove(member);
        }
    }

    private void Commit()
    {
        if (now.Count == 0)
            return;
        List<int> rows = [.. now.Keys];
        rows.Sort(); // the order of the state's rows must not depend on a dictionary's
        List<List<int>> parts = [];
        HashSet<Part> taken = [];
        foreach (int row in rows)
            if (taken.Add(now[row]))
            {
                now[row].Members.Sort();
                parts.Add(now[row].Members);
            }
        graph.Groups.Rearrange(rows, parts);
    }
}
