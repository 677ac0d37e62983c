using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Why two identifiers are one customer: the shortest path of evidence; or why they are not: the guard that keeps them apart.</summary>
internal sealed class PairExplainer(TenantMachine machine, IHistory history)
{
    /// <summary>Links between two customers that an answer lists at most.</summary>
    private const int MaxListed = 20;

    private readonly IdentityGraph graph = machine.Parts.Graph;

    public (string Sentence, Explanation Tree) Explain(Token a, Token b)
    {
        (int x, int y) = (graph.Find(a), graph.Find(b));
        Explanation tree = new("identifiers");
        if (x < 0 || y < 0 || !graph.Identifiers[x].IsSeen || !graph.Identifiers[y].IsSeen)
            return (Unseen(a, x, b, y), tree);
        Note(tree, x);
        Note(tree, y);
        if (x == y)
            return ("They are one and the same identifier.", tree);
        if (graph.Groups.Same(x, y))
            return Together(tree, x, y);
        foreach (int end in (ReadOnlySpan<int>)[x, y])
        {
            if (graph.Identifiers[end].IsBlocked)
                return ($"Not one customer: the {TypeOf(end)} is blocked.", tree);
            if (graph.Identifiers[end].IsShared)
                return (
                    $"Not one customer: the {TypeOf(end)} is shared by too many ({graph.Counts.Of(end).Persons} persons, {graph.Counts.Of(end).Degree} identifiers), so it links nothing.",
                    tree
                );
        }
        return Apart(tree, x, y);
    }

    private string Unseen(Token a, int x, Token b, int y)
    {
        bool isErased =
            (IsGone(x) && machine.Erasures.LastOf(a) != int.MinValue)
            || (IsGone(y) && machine.Erasures.LastOf(b) != int.MinValue);
        return isErased
            ? "At least one of the two was erased, and not seen since."
            : "At least one of the two was never seen.";
    }

    private bool IsGone(int row) => row >= 0 && !graph.Identifiers[row].IsSeen;

    private (string, Explanation) Together(Explanation tree, int x, int y)
    {
        List<int> path = PathOf(x, y);
        Explanation node = tree.Add("path", path.Count);
        foreach (int link in path)
            AddLink(node, link);
        return (
            $"One customer: {path.Count} link{(path.Count == 1 ? " connects" : "s connect")} them, the weakest of tier {path.Max(graph.TierOf)}.",
            tree
        );
    }

    // The union of their groups as they stand breaks some limit, or no admitted link joins the two.
    private (string, Explanation) Apart(Explanation tree, int x, int y)
    {
        List<int> rejected = [];
        List<int> quarantined = [];
        foreach (int member in graph.Groups.MembersOf(x))
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
            {
                if (!graph.Groups.Same(graph.Links[next - 1].Other(member), y))
                    continue;
                if (graph.Links[next - 1].Outcome == LinkOutcome.Rejected)
                    rejected.Add(next - 1);
                else
                    quarantined.Add(next - 1);
            }
        if (rejected.Count == 0 && quarantined.Count == 0)
            return ("Not one customer: nothing links the two groups.", tree);
        if (rejected.Count == 0)
        {
            Explanation without = tree.Add("linksWithoutEvidence", quarantined.Count);
            foreach (int link in quarantined.Take(MaxListed))
                AddLink(without, link);
            return (
                $"Not one customer: {quarantined.Count} link{(quarantined.Count == 1 ? "" : "s")} between the two groups lack valid evidence (seen with bots only, too seldom, or not as the strategy asks).",
                tree
            );
        }
        GroupLimit limit = graph.Limits.Broken(x, y);
        Explanation node = tree.Add("rejectedLinks", rejected.Count);
        node.Add("limit", Explainer.Snake(limit));
        foreach (int link in rejected.Take(MaxListed))
            AddLink(node, link);
        string why = limit switch
        {
            GroupLimit.Size => $"together they had more than {graph.Strategy.SizeMax} identifiers",
            GroupLimit.TypeMax => "together they had more identifiers of a type than the strategy allows",
            GroupLimit.Separated => "an operator separated two of their identifiers",
            GroupLimit.PerWindow => "together they had too many identifiers of a type within its window",
            _ => "a limit rejected them at their turn",
        };
        return (
            $"Not one customer: {rejected.Count} link{(rejected.Count == 1 ? "" : "s")} rejected, since {why}.",
            tree
        );
    }

    private List<int> PathOf(int x, int y)
    {
        Dictionary<int, int> cameBy = new() { [x] = -1 };
        Queue<int> rest = new([x]);
        while (!cameBy.ContainsKey(y) && rest.TryDequeue(out int at))
            for (int next = graph.Identifiers[at].Links; next != 0; next = graph.Links[next - 1].NextOf(at))
                if (graph.IsAccepted(next - 1) && cameBy.TryAdd(graph.Links[next - 1].Other(at), next - 1))
                    rest.Enqueue(graph.Links[next - 1].Other(at));
        List<int> path = [];
        for (int at = y; cameBy[at] >= 0; at = graph.Links[path[^1]].Other(at))
            path.Add(cameBy[at]);
        path.Reverse();
        return path;
    }

    private void AddLink(Explanation tree, int link)
    {
        LinkRow row = graph.Links[link];
        Explanation node = tree.Add(
            $"{TypeOf(row.A)} {graph.Identifiers[row.A].Token} - {TypeOf(row.B)} {graph.Identifiers[row.B].Token}"
        );
        node.Add("rule", $"{graph.Strategy.Name}@{graph.Strategy.Version}");
        node.Add("tier", graph.TierOf(link));
        if (graph.ConditionOf(row) is { } condition)
            node.Add("condition", $"{condition.Name}: {condition.When}");
        if (row.IsByOperator)
            node.Add("by", "operator");
        if (row.Stated != 0)
            AddStatement(node, row);
        if (row.Count == 0)
            return;
        node.Add("validSightings", row.Count);
        node.Add("firstSeen", Explainer.Iso(row.First));
        node.Add("lastSeen", Explainer.Iso(row.Last));
        for (int next = row.Sightings; next != 0; next = graph.Sightings[next - 1].NextOfLink)
            if (graph.IsEvidence(graph.Sightings[next - 1]))
            {
                node.Add("event", Explainer.EventIdAt(history, graph.Sightings[next - 1].Position));
                return;
            }
    }

    // The most certain statement of those that count, else of all.
    private void AddStatement(Explanation node, in LinkRow row)
    {
        (bool Counts, long Score, long Position) best = (false, -1, -1);
        for (int next = row.Sightings; next != 0; next = graph.Sightings[next - 1].NextOfLink)
        {
            ref readonly SightingRow sighting = ref graph.Sightings[next - 1];
            long score = EventRecord.FromTrusted(history.Read(sighting.Position)).Number(EventField.Score) ?? 0;
            (bool, long, long) found = (graph.IsEvidence(sighting), score, sighting.Position);
            if (found.CompareTo(best) > 0)
                best = found;
        }
        EventRecord statement = EventRecord.FromTrusted(history.Read(best.Position));
        node.Add("by", "matcher");
        node.Add("statedTier", row.Stated);
        node.Add("scorePpm", best.Score);
        int stated = row.Stated;
        if (graph.Strategy.Matcher?.FirstOrDefault(rule => rule.Tier == stated) is { } rule)
            node.Add("scorePpmMin", rule.ScorePpmMin);
        node.Add("source", statement.Text(EventField.Host) ?? "");
        node.Add("model", statement.Text(EventField.Kind) ?? "");
        if (best.Counts)
            return;
        node.Add("evidence", "not admitted: the strategy asks for more, or a bot was seen with it");
        node.Add("event", Explainer.EventIdAt(history, best.Position));
    }

    private void Note(Explanation tree, int row)
    {
        Explanation node = tree.Add(TypeOf(row), graph.Identifiers[row].Token.ToString());
        node.Add("firstSeen", Explainer.Iso(graph.Identifiers[row].FirstSeen));
        if (graph.Groups.StateOf(row) is { Size: > 0 } customer)
            node.Add("customer", graph.Groups.IdOf(customer.Founder).ToString());
        node.Add("persons", graph.Counts.Of(row).Persons);
        node.Add("links", graph.Counts.Of(row).Degree);
    }

    private string TypeOf(int row) => machine.Parts.Names.IdentifierTypes.Text(graph.Identifiers[row].Type);
}
