namespace Throughline.Core.Identity;

/// <summary>
/// Which links take part in the pass: those with enough valid evidence whose ends are neither blocked nor shared. A value is shared
/// while it is linked to too many others; that is counted over links that pass every other test, never over what sharing leaves.
/// </summary>
internal sealed class Admission(IdentityGraph graph, StrategyInForce strategy, LinkOrder order, Pass pass)
{
    private readonly HashSet<int> ends = [];
    private readonly HashSet<int> dirty = [];
    private readonly List<LinkChange> changes = [];

    /// <summary>Identifiers that became shared, or are it no more: who owned their events must be found again.</summary>
    public List<int> Flipped { get; } = [];

    /// <summary>One link's evidence changed.</summary>
    public void Changed(int link)
    {
        bool candidate = HasEvidence(link);
        if (candidate == graph.Links[link].IsCandidate)
            return;
        Count(link, candidate);
        if (FlipsAt(graph.Links[link].A) || FlipsAt(graph.Links[link].B))
        {
            dirty.Add(link);
            ends.Add(graph.Links[link].A);
            ends.Add(graph.Links[link].B);
            Settle();
        }
        else if (candidate && IsOpen(link))
            pass.Insert(link);
        else if (!candidate && graph.Links[link].Outcome != LinkOutcome.None)
            pass.Remove(link);
    }

    /// <summary>An identifier was blocked, is blocked no more, or was seen for the first time: all its links at once.</summary>
    public void EndChanged(int row)
    {
        for (int next = graph.Identifiers[row].Links; next != 0; next = graph.Links[next - 1].NextOf(row))
        {
            int link = next - 1;
            if (HasEvidence(link) == graph.Links[link].IsCandidate)
                continue;
            Count(link, !graph.Links[link].IsCandidate);
            dirty.Add(link);
            ends.Add(graph.Links[link].A);
            ends.Add(graph.Links[link].B);
        }
        Settle();
    }

    /// <summary>Another strategy came into force: all links, all values.</summary>
    public void StrategyChanged()
    {
        for (int row = 0; row < graph.Identifiers.Count; row++)
        {
            ref IdentifierRow identifier = ref graph.Identifiers.Mutable(row);
            (identifier.Persons, identifier.Degree) = (0, 0);
        }
        for (int link = 0; link < graph.Links.Count; link++)
        {
            graph.Links.Mutable(link).IsCandidate = false;
            if (HasEvidence(link))
                Count(link, candidate: true);
        }
        for (int row = 0; row < graph.Identifiers.Count; row++)
            if (FlipsAt(row))
                Flip(row);
        new WholePass(graph, order, strategy).Run(IsOpen);
    }

    /// <summary>Neither end is shared; of a candidate: it is admitted.</summary>
    private bool IsOpen(int link)
    {
        ref readonly LinkRow row = ref graph.Links[link];
        return row.IsCandidate && !graph.Identifiers[row.A].IsShared && !graph.Identifiers[row.B].IsShared;
    }

    private bool HasEvidence(int link)
    {
        ref readonly LinkRow row = ref graph.Links[link];
        return (row.Count >= strategy.Strategy.MinEvidence || row.IsByOperator)
            && graph.Identifiers[row.A].IsLive
            && graph.Identifiers[row.B].IsLive;
    }

    private void Count(int link, bool candidate)
    {
        ref LinkRow row = ref graph.Links.Mutable(link);
        row.IsCandidate = candidate;
        int step = candidate ? 1 : -1;
        Count(row.A, row.B, step);
        Count(row.B, row.A, step);
    }

    private void Count(int row, int neighbour, int step)
    {
        ref IdentifierRow identifier = ref graph.Identifiers.Mutable(row);
        identifier.Degree += step;
        if (strategy.Of(graph.Identifiers[neighbour].Type).Rule.Class == TypeClass.Person)
            identifier.Persons += step;
    }

    private bool FlipsAt(int row)
    {
        ref readonly IdentifierRow identifier = ref graph.Identifiers[row];
        TypeRule rule = strategy.Of(identifier.Type).Rule;
        bool shared = identifier.Persons > rule.SharedMax || identifier.Degree > rule.DegreeMax;
        return shared != identifier.IsShared;
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
            if (IsOpen(link) != (graph.Links[link].Outcome != LinkOutcome.None))
                changes.Add(
                    IsOpen(link) ? new(link, null, order.KeyOf(link)) : new LinkChange(link, order.KeyOf(link), null)
                );
        if (changes.Count > 0)
            pass.Change(changes);
        ends.Clear();
        dirty.Clear();
        changes.Clear();
    }
}
