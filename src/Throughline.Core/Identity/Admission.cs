namespace Throughline.Core.Identity;

/// <summary>
/// Which links take part in the pass: those with enough valid evidence whose ends are neither blocked nor shared. A value is shared
/// while it is linked to too many others; that is counted over links that pass every other test, never over what sharing leaves.
/// </summary>
internal sealed class Admission(
    IdentityGraph graph,
    StrategyInForce strategy,
    LinkOrder order,
    Pass pass,
    Sameness sameness
)
{
    private readonly HashSet<int> ends = [];
    private readonly HashSet<int> dirty = [];
    private readonly HashSet<int> rechecked = [];
    private readonly List<LinkChange> changes = [];

    /// <summary>Identifiers that became shared, or are it no more: who owned their events must be found again.</summary>
    public List<int> Flipped { get; } = [];

    /// <summary>One link's evidence changed.</summary>
    public void Changed(int link)
    {
        ref LinkRow row = ref graph.Links.Mutable(link);
        bool candidate = graph.HasEvidence(row, row.Count, strategy.MinEvidence);
        if (candidate == row.IsCandidate)
            return;
        if (Count(link, ref row, candidate) || sameness.MayChange(link))
        {
            dirty.Add(link);
            ends.Add(row.A);
            ends.Add(row.B);
            Settle();
        }
        else if (candidate && graph.IsAdmitted(link))
            pass.Insert(link);
        else if (!candidate && row.Outcome != LinkOutcome.None)
            pass.Remove(link);
        graph.LinkChanged?.Invoke(link);
    }

    /// <summary>An identifier was blocked, is blocked no more, or was seen for the first time: all its links at once.</summary>
    public void EndChanged(int row) => EndsChanged([row]);

    /// <summary>The same of several identifiers: one change.</summary>
    public void EndsChanged(IReadOnlyList<int> rows)
    {
        foreach (int row in rows)
            for (int next = graph.Identifiers[row].Links; next != 0; next = graph.Links[next - 1].NextOf(row))
            {
                int link = next - 1;
                ref readonly LinkRow known = ref graph.Links[link];
                if (graph.HasEvidence(known, known.Count, strategy.MinEvidence) == known.IsCandidate)
                    continue;
                ref LinkRow changed = ref graph.Links.Mutable(link);
                Count(link, ref changed, !changed.IsCandidate);
                dirty.Add(link);
                ends.Add(changed.A);
                ends.Add(changed.B);
            }
        Settle();
    }

    /// <summary>Another strategy came into force: all links, all values.</summary>
    public void StrategyChanged()
    {
        WholePass whole = new(graph, strategy);
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            graph.Counts.Set(row, whole.Persons[row], whole.Degrees[row]);
            if (FlipsAt(row))
                Flip(row);
        }
        for (int link = 0; link < graph.Links.Count; link++)
        {
            ref LinkRow row = ref graph.Links.Mutable(link);
            (row.IsCandidate, row.Outcome) = (whole.IsCandidate[link], whole.Outcomes[link]);
        }
        Adopt(whole);
    }

    // Groups keep their rows where their members are the same; how many of limited types they have is counted again.
    private void Adopt(WholePass whole)
    {
        List<int> rows = [];
        List<List<int>> groups = [];
        HashSet<Part> taken = [];
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            Part part = whole.PartOf(row);
            if (graph.Groups.IsExactly(part.Members))
            {
                graph.Groups.Recount(row, part.Counts);
                continue;
            }
            rows.Add(row);
            if (taken.Add(part))
            {
                part.Members.Sort();
                groups.Add(part.Members);
            }
        }
        if (rows.Count > 0)
            graph.Groups.Rearrange(rows, groups);
    }

    // Says whether an end becomes shared by it, or is it no more.
    private bool Count(int link, ref LinkRow row, bool candidate)
    {
        row.IsCandidate = candidate;
        int step =
            graph.HasCandidateTwin(link) ? 0
            : candidate ? 1
            : -1;
        ref IdentifierRow a = ref graph.Identifiers.Mutable(row.A);
        ref IdentifierRow b = ref graph.Identifiers.Mutable(row.B);
        StrategyInForce.TypeEntry ofA = strategy.Of(a.Type);
        StrategyInForce.TypeEntry ofB = strategy.Of(b.Type);
        (int persons, int degree) = graph.Counts.Step(row.A, ref a, ofB.IsPerson ? step : 0, step);
        bool flips = ofA.IsShared(persons, degree) != a.IsShared;
        (persons, degree) = graph.Counts.Step(row.B, ref b, ofA.IsPerson ? step : 0, step);
        return flips | ofB.IsShared(persons, degree) != b.IsShared;
    }

    private bool FlipsAt(int row)
    {
        ref readonly IdentifierRow identifier = ref graph.Identifiers[row];
        (int persons, int degree) = graph.Counts.Of(row);
        return strategy.IsShared(identifier.Type, persons, degree) != identifier.IsShared;
    }

    private void Flip(int row)
    {
        ref IdentifierRow identifier = ref graph.Identifiers.Mutable(row);
        identifier.SetShared(!identifier.IsShared);
        Flipped.Add(row);
    }

    private void Settle()
    {
        foreach (int row in ends)
            if (FlipsAt(row))
            {
                Flip(row);
                for (int next = graph.Identifiers[row].Links; next != 0; next = graph.Links[next - 1].NextOf(row))
                    dirty.Add(next - 1);
            }
        foreach (int link in dirty)
        {
            bool isAdmitted = graph.IsAdmitted(link);
            if (isAdmitted == (graph.Links[link].Outcome != LinkOutcome.None))
                continue;
            LinkKey key = order.KeyOf(link);
            changes.Add(isAdmitted ? new(link, null, key) : new LinkChange(link, key, null));
            sameness.AddEnds(link, rechecked);
        }
        if (changes.Count > 0)
            pass.Change(changes, [.. rechecked]);
        rechecked.Clear();
        ends.Clear();
        dirty.Clear();
        changes.Clear();
    }
}
