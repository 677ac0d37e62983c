namespace Throughline.Core.Identity.Matching.Cluster;

/// <summary>What became of a link.</summary>
public enum LinkFate : byte
{
    /// <summary>It united two groups, or lies within one.</summary>
    Kept,

    /// <summary>The groups at its ends do not fit together: their other records speak against it.</summary>
    GroupsDisagree,

    /// <summary>One end could as well belong to another group, and the two groups cannot be one.</summary>
    Ambiguous,
}

/// <summary>What speaks for and against two records being of one person.</summary>
/// <param name="Score">Bits, for and against.</param>
/// <param name="Conflict">Bits that speak against it on what a person has only one of; 0 or less.</param>
internal readonly record struct PairEvidence(double Score, double Conflict);

/// <summary>A scored pair of records, by index.</summary>
internal readonly record struct ScoredPair(int A, int B, double Score);

/// <summary>
/// Groups records by links, the strongest first, and not by following links alone: two groups become one only if the pairs between
/// them agree on average, so that one shared value does not draw strangers together. Ties go by the records' order, which is that of
/// their ids: the order in which records came does not matter.
/// </summary>
internal sealed class Clusterer
{
    private const int MembersLooked = 24;
    private readonly ClusterRules rules;
    private readonly double threshold;
    private readonly Func<int, int, PairEvidence> evidence;
    private readonly int[] parent;
    private readonly List<int>?[] members;
    private readonly List<(int Other, double Score)>?[] links;

    public Clusterer(int records, ClusterRules rules, double threshold, Func<int, int, PairEvidence> evidence)
    {
        this.rules = rules;
        this.threshold = threshold;
        this.evidence = evidence;
        parent = [.. Enumerable.Range(0, records)];
        members = new List<int>?[records];
        links = new List<(int, double)>?[records];
    }

    /// <summary>The first record of the group that a record is in.</summary>
    public int GroupOf(int record)
    {
        while (parent[record] != record)
            record = parent[record] = parent[parent[record]];
        return record;
    }

    /// <summary>Groups by the links, which must be in order: <see cref="Order"/>. What became of each, in that order.</summary>
    public LinkFate[] Run(IReadOnlyList<ScoredPair> ordered)
    {
        foreach (ScoredPair link in ordered)
        {
            (links[link.A] ??= []).Add((link.B, link.Score));
            (links[link.B] ??= []).Add((link.A, link.Score));
        }
        var fates = new LinkFate[ordered.Count];
        for (int i = 0; i < fates.Length; i++)
            fates[i] = Unite(ordered[i]);
        // Groups have grown since: a link that was left out may lie within one by now.
        for (int i = 0; i < fates.Length; i++)
            if (fates[i] != LinkFate.Kept && GroupOf(ordered[i].A) == GroupOf(ordered[i].B))
                fates[i] = LinkFate.Kept;
        return fates;
    }

    /// <summary>The strongest first; equal ones by their records.</summary>
    public static int Order(ScoredPair a, ScoredPair b)
    {
        int order = b.Score.CompareTo(a.Score);
        if (order == 0)
            order = a.A.CompareTo(b.A);
        return order == 0 ? a.B.CompareTo(b.B) : order;
    }

    private LinkFate Unite(ScoredPair link)
    {
        int a = GroupOf(link.A);
        int b = GroupOf(link.B);
        if (a == b)
            return LinkFate.Kept;
        PairEvidence between = Between(a, b);
        if (between.Score < LeastAverage(link.Score, between.Conflict))
            return LinkFate.GroupsDisagree;
        if (IsTorn(a, b, link.Score) || IsTorn(b, a, link.Score))
            return LinkFate.Ambiguous;
        (int first, int second) = a < b ? (a, b) : (b, a);
        parent[second] = first;
        List<int> joined = members[first] ??= [first];
        joined.AddRange(members[second] ?? [second]);
        joined.Sort();
        members[second] = null;
        return LinkFate.Kept;
    }

    // A strong link may unite groups whose other pairs know little of each other; a weak one needs their consent.
    private double LeastAverage(double linkScore, double conflict) =>
        conflict <= rules.ConflictBits ? threshold : Math.Max(rules.AverageMin, threshold - linkScore);

    // Whether a group has a link about as strong to a third group that cannot be one with the second.
    private bool IsTorn(int group, int target, double linkScore)
    {
        HashSet<int> seen = [];
        foreach (int member in MembersOf(group))
        foreach ((int other, double otherScore) in links[member] ?? [])
        {
            int third = GroupOf(other);
            if (third == group || third == target || otherScore < linkScore - rules.AmbiguousMargin || !seen.Add(third))
                continue;
            PairEvidence apart = Between(target, third);
            if (
                apart.Score < threshold
                && apart.Conflict <= rules.ConflictBits
                && Between(group, third).Score >= rules.AverageMin
            )
                return true;
        }
        return false;
    }

    // The mean score of the pairs between two groups, and the worst conflict; of large groups the first members stand for all.
    private PairEvidence Between(int a, int b)
    {
        double sum = 0;
        double conflict = 0;
        int pairs = 0;
        foreach (int left in MembersOf(a).Take(MembersLooked))
        foreach (int right in MembersOf(b).Take(MembersLooked))
        {
            PairEvidence pair = evidence(left, right);
            sum += Math.Clamp(pair.Score, -rules.ScoreCap, rules.ScoreCap);
            conflict = Math.Min(conflict, pair.Conflict);
            pairs++;
        }
        return new(sum / pairs, conflict);
    }

    private IReadOnlyList<int> MembersOf(int group) => members[group] ?? [group];
}
