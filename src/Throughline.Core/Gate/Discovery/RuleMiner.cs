namespace Throughline.Core.Gate.Discovery;

/// <summary>A rule that may be proposed: conditions that must all hold.</summary>
/// <param name="Requests">How many open requests of the training days it hits.</param>
internal sealed record Candidate(IReadOnlyList<Atom> Atoms, int Requests, Evidence Evidence)
{
    public string When => string.Join(" && ", Atoms.Select(x => x.When));

    /// <summary>The signs that it does not read.</summary>
    public Signs Judged => Signs.All & ~Atoms.Aggregate(Signs.None, (signs, atom) => signs | atom.Reads);
    public int Conjuncts => Atoms.Sum(x => x.Conjuncts);

    /// <summary>How hard it is to read and to keep.</summary>
    public int Burden => Conjuncts + Atoms.Sum(x => x.Staleness);
}

/// <summary>
/// Looks for the most general rules whose visitors lack the signs of people: single conditions, and where these are not enough, pairs and
/// threes of them. What passes is not narrowed any further.
/// </summary>
internal sealed class RuleMiner(Crowd crowd, AtomBits atoms, MiningLimits limits)
{
    private const int ThreesFrom = 120;
    private const int KeptMax = 600;
    private const double PromisingMin = 0.4;

    private readonly EvidenceTally tally = new(crowd);
    private readonly List<double> logPs = [];
    private readonly List<Candidate> found = [];
    private readonly PriorityQueue<Candidate, (double Lacking, string When)> promising = new(
        Comparer<(double Lacking, string When)>.Create(
            static (x, y) =>
                x.Lacking != y.Lacking ? x.Lacking.CompareTo(y.Lacking) : string.CompareOrdinal(y.When, x.When)
        )
    );
    private readonly ulong[] left = atoms.NewBits();
    private readonly ulong[] both = atoms.NewBits();

    /// <summary>How many rules were tried: what chance is weighed against.</summary>
    public int Tried => logPs.Count;

    /// <summary>Rules that pass, those that hit most first.</summary>
    public IReadOnlyList<Candidate> Mine(IReadOnlyList<Atom> words)
    {
        List<Candidate> open = [];
        foreach (Atom atom in words)
            if (Try([atom], atoms.Of(atom), RowBits.Count(atoms.Of(atom))) is { } one)
                open.Add(one);
        for (int i = 0; i < open.Count; i++)
        for (int j = i + 1; j < open.Count; j++)
            Join(open[i], atoms.Of(open[i].Atoms[0]), open[j], isLast: false);
        List<Candidate> pairs = [];
        while (promising.TryDequeue(out Candidate? pair, out _))
            pairs.Add(pair);
        foreach (Candidate pair in pairs)
        {
            atoms.Fill(pair.Atoms, left);
            foreach (Candidate one in open)
                Join(pair, left, one, isLast: true);
        }
        double logPMax = Threshold();
        return
        [
            .. found
                .Where(x => x.Evidence.LogP <= logPMax || x.Evidence.Bots > 0)
                .DistinctBy(x => string.Join('\n', x.Atoms.Select(y => y.When).Order(StringComparer.Ordinal)))
                .OrderByDescending(x => x.Requests)
                .ThenBy(x => x.When, StringComparer.Ordinal)
                .Take(KeptMax),
        ];
    }

    private void Join(Candidate a, ulong[] bits, Candidate b, bool isLast)
    {
        Atom last = b.Atoms[0];
        if (a.Atoms.Any(x => x.Group == last.Group) || a.Conjuncts + last.Conjuncts > limits.ConjunctsMax)
            return;
        int count = RowBits.And(bits, atoms.Of(last), both);
        // What narrows nothing is the same rule, only longer.
        if (count < limits.RequestsMin || count == a.Requests || count == b.Requests)
            return;
        Candidate? open = Try([.. a.Atoms, last], both, count);
        if (isLast || open is null || open.Evidence.Precision < PromisingMin)
            return;
        promising.Enqueue(open, (open.Evidence.Expected - open.Evidence.Shown + open.Evidence.Bots, open.When));
        if (promising.Count > ThreesFrom)
            promising.Dequeue();
    }

    // Gives what may be narrowed; what passes goes to those found.
    private Candidate? Try(IReadOnlyList<Atom> of, ulong[] bits, int requests)
    {
        if (requests < limits.RequestsMin)
            return null;
        Candidate candidate = new(of, requests, default);
        Evidence evidence = tally.Of(bits, candidate.Judged);
        candidate = candidate with { Evidence = evidence };
        if (evidence.Visitors < limits.VisitorsMin)
            return candidate;
        logPs.Add(evidence.LogP);
        if (!limits.Passes(evidence))
            return candidate;
        found.Add(candidate);
        return null;
    }

    // Benjamini-Hochberg: the greatest of the sorted that lies below its share of the rate.
    private double Threshold()
    {
        logPs.Sort();
        for (int i = logPs.Count; i > 0; i--)
            if (logPs[i - 1] <= Math.Log(limits.FalseDiscoveryRate * i / logPs.Count))
                return logPs[i - 1];
        return double.NegativeInfinity;
    }
}
