namespace Throughline.Core.Identity;

/// <summary>How customers of one strategy look.</summary>
/// <param name="Customers">Groups of two identifiers and more.</param>
/// <param name="Alone">Identifiers that are a customer each.</param>
/// <param name="Shared">Values that link nothing since too many are linked to them.</param>
/// <param name="Rejected">Links that a limit rejects.</param>
/// <param name="Largest">Sizes of the ten largest, descending.</param>
public sealed record PartitionShape(long Customers, long Alone, long Shared, long Rejected, IReadOnlyList<int> Largest);

/// <summary>
/// How well customers agree with a type of identifier that was held out: its links make no customers here, and two identifiers
/// seen with one and the same value of it, and with no other, truly belong together. Pairs, so 0 to 1.
/// </summary>
public sealed record HeldOutScore(string Type, long Labelled, double Precision, double Recall, double F1);

/// <summary>What a strategy would change.</summary>
/// <param name="Merges">Customers of the tried strategy that hold members of several of today's.</param>
/// <param name="Splits">Customers of today whose members would be in several.</param>
/// <param name="Moved">Identifiers whose customer would have other members.</param>
public sealed record StrategyReport(
    Strategy Now,
    Strategy Tried,
    PartitionShape ShapeNow,
    PartitionShape ShapeTried,
    long Merges,
    long Splits,
    long Moved,
    HeldOutScore? HeldOutNow,
    HeldOutScore? HeldOutTried
);

/// <summary>Tries a strategy on the facts of a tenant, those before <paramref name="end"/>, beside the one in force. Changes nothing; takes as long as one pass over all links.</summary>
internal sealed class StrategyTrial(IdentityGraph graph, long end)
{
    private const int LargestCount = 10;

    /// <summary>Makes both passes and compares them.</summary>
    /// <param name="heldOut">Code of a type to measure both strategies against, or -1.</param>
    /// <param name="heldOutName">Its name.</param>
    public StrategyReport Run(Strategy tried, int heldOut, string heldOutName)
    {
        WholePass now = graph.Try(graph.Strategy, end);
        WholePass then = graph.Try(tried, end);
        (long merges, long splits, long moved) = Compare(now, then);
        return new(
            graph.Strategy,
            tried,
            ShapeOf(now),
            ShapeOf(then),
            merges,
            splits,
            moved,
            heldOut < 0 ? null : Score(graph.Try(graph.Strategy, end, heldOut), heldOut, heldOutName),
            heldOut < 0 ? null : Score(graph.Try(tried, end, heldOut), heldOut, heldOutName)
        );
    }

    private IEnumerable<int> Live()
    {
        for (int row = 0; row < graph.Identifiers.Count; row++)
            if (graph.Identifiers[row].IsLive)
                yield return row;
    }

    private (long Merges, long Splits, long Moved) Compare(WholePass now, WholePass then)
    {
        HashSet<Part> merged = Torn(then, now);
        HashSet<Part> split = Torn(now, then);
        long moved = 0;
        foreach (int row in Live())
            moved += split.Contains(now.PartOf(row)) || merged.Contains(then.PartOf(row)) ? 1 : 0;
        return (merged.Count, split.Count, moved);
    }

    // Groups of the one pass whose members are in several of the other.
    private HashSet<Part> Torn(WholePass of, WholePass by)
    {
        Dictionary<Part, Part> first = [];
        HashSet<Part> torn = [];
        foreach (int row in Live())
            if (!first.TryAdd(of.PartOf(row), by.PartOf(row)) && first[of.PartOf(row)] != by.PartOf(row))
                torn.Add(of.PartOf(row));
        return torn;
    }

    private PartitionShape ShapeOf(WholePass pass)
    {
        HashSet<Part> groups = [];
        long alone = 0;
        long shared = 0;
        foreach (int row in Live())
        {
            Part part = pass.PartOf(row);
            if (part.Members.Count > 1)
                groups.Add(part);
            else
                alone++;
            shared += pass.IsShared(row) ? 1 : 0;
        }
        return new(
            groups.Count,
            alone,
            shared,
            pass.Outcomes.LongCount(outcome => outcome == LinkOutcome.Rejected),
            [.. groups.Select(part => part.Members.Count).OrderDescending().Take(LargestCount)]
        );
    }

    // Pairs by counting: those of one group, of one label, and of both.
    private HeldOutScore Score(WholePass pass, int heldOut, string name)
    {
        Dictionary<Part, long> groups = [];
        Dictionary<int, long> labels = [];
        Dictionary<(Part, int), long> both = [];
        long labelled = 0;
        foreach (int row in Live())
        {
            if (graph.Identifiers[row].Type == heldOut || LabelOf(row, heldOut) is not { } label)
                continue;
            Part part = pass.PartOf(row);
            labelled++;
            groups[part] = groups.GetValueOrDefault(part) + 1;
            labels[label] = labels.GetValueOrDefault(label) + 1;
            both[(part, label)] = both.GetValueOrDefault((part, label)) + 1;
        }
        double together = both.Values.Sum(Pairs);
        double said = groups.Values.Sum(Pairs);
        double truly = labels.Values.Sum(Pairs);
        return new(
            name,
            labelled,
            said == 0 ? 1 : together / said,
            truly == 0 ? 1 : together / truly,
            said + truly == 0 ? 1 : 2 * together / (said + truly)
        );
    }

    private int? LabelOf(int row, int heldOut)
    {
        int? label = null;
        for (int next = graph.Identifiers[row].Links; next != 0; next = graph.Links[next - 1].NextOf(row))
        {
            int other = graph.Links[next - 1].Other(row);
            if (graph.Links[next - 1] is { Count: 0 } or { Stated: not 0 } || graph.Identifiers[other].Type != heldOut)
                continue;
            if (label is not null)
                return null; // seen with several: nobody knows whose it is
            label = other;
        }
        return label;
    }

    private static long Pairs(long count) => count * (count - 1) / 2;
}
