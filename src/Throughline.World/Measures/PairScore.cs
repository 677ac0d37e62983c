using Throughline.World.Truth;

namespace Throughline.World.Measures;

/// <summary>
/// Compares a partition of identifiers with the truth, pair by pair:
/// <list type="bullet">
/// <item>A pair is true if some person owns both: an identifier of several people (shared device, recycled phone) is truly
/// paired with each of its people's identifiers.</item>
/// <item>An identifier of nobody (junk) is in no true pair; put into a customer, all its pairs there are wrong.</item>
/// <item>A bot's identifier is in no true pair; pairs with people's or junk identifiers are wrong, pairs between two bots' identifiers
/// are not counted at all.</item>
/// </list>
/// Pairs are counted, not listed: time and memory grow with the identifiers.
/// </summary>
/// <param name="Correct">Pairs both predicted and true.</param>
/// <param name="Predicted">Pairs in one predicted customer.</param>
/// <param name="Actual">True pairs.</param>
/// <param name="Reachable">
/// True pairs less those that no partition into people can have: what several people share can be with one of them
/// only. Counted with the one who has most.
/// </param>
public readonly record struct PairScore(long Correct, long Predicted, long Actual, long Reachable)
{
    /// <summary>1 if nothing was predicted.</summary>
    public double Precision => GateCounts.Share(Correct, Predicted);

    /// <summary>1 if nothing was to be found.</summary>
    public double Recall => GateCounts.Share(Correct, Actual);

    public double F1 => 2 * Correct == 0 ? (Predicted + Actual == 0 ? 1 : 0) : 2.0 * Correct / (Predicted + Actual);

    /// <summary>F1 with recall taken of the <see cref="Reachable"/> pairs, at most 1: a perfect partition into people has 1.</summary>
    public double ReachableF1
    {
        get
        {
            double recall = Math.Min(1, GateCounts.Share(Correct, Reachable));
            return Precision + recall == 0 ? 0 : 2 * Precision * recall / (Precision + recall);
        }
    }

    /// <summary>Scores a partition.</summary>
    /// <param name="customers">One number per identifier, in the same order; equal numbers are one customer, a negative one is alone.</param>
    public static PairScore Of(IReadOnlyList<TrueIdentifier> truth, ReadOnlySpan<int> customers)
    {
        if (customers.Length != truth.Count)
            throw new ArgumentException("one customer per identifier is needed", nameof(customers));
        Dictionary<int, int> sizes = [];
        Dictionary<int, int> bots = [];
        for (int i = 0; i < customers.Length; i++)
        {
            if (customers[i] < 0)
                continue;
            Count(sizes, customers[i]);
            if (truth[i].Class == IdentifierClass.Bot)
                Count(bots, customers[i]);
        }
        long predicted = sizes.Values.Sum(Pairs) - bots.Values.Sum(Pairs);
        return new(
            TruePairs(truth, customers),
            predicted,
            TruePairs(truth, new int[customers.Length]),
            TruePairs(truth, OneCustomerPerPerson(truth))
        );
    }

    /// <summary>
    /// The true partition, as far as a partition can be true: one customer per person, and what several people share with
    /// the one of them who has most (of equals the first seen with it). Junk and bots' identifiers are alone.
    /// </summary>
    public static int[] OneCustomerPerPerson(IReadOnlyList<TrueIdentifier> truth)
    {
        Dictionary<int, int> owned = [];
        foreach (TrueIdentifier identifier in truth)
            if (identifier.Owners.Count == 1)
                Count(owned, identifier.Owners[0].Person);
        int[] customers = new int[truth.Count];
        for (int i = 0; i < customers.Length; i++)
            customers[i] =
                truth[i].Owners.Count == 0
                    ? -1
                    : truth[i].Owners.MaxBy(owner => owned.GetValueOrDefault(owner.Person)).Person;
        return customers;
    }

    // Pairs within a customer with an owner in common: per owner the pairs among its identifiers, less those counted
    // once too often because two owners or more are in common. The latter need two identifiers of several owners each.
    private static long TruePairs(IReadOnlyList<TrueIdentifier> truth, ReadOnlySpan<int> customers)
    {
        Dictionary<(int Customer, int Person), int> owned = [];
        Dictionary<(int Customer, int Person), List<int>> several = [];
        for (int i = 0; i < customers.Length; i++)
        {
            if (customers[i] < 0)
                continue;
            foreach (IdentifierOwner owner in truth[i].Owners)
            {
                Count(owned, (customers[i], owner.Person));
                if (truth[i].Owners.Count == 1)
                    continue;
                if (!several.TryGetValue((customers[i], owner.Person), out List<int>? list))
                    several.Add((customers[i], owner.Person), list = []);
                list.Add(i);
            }
        }
        long pairs = owned.Values.Sum(Pairs);
        // Each pair with k owners in common was counted k times; it is met k times here, and (k - 1)/k of it taken off
        // each time: so it is taken off only where it is met at its least common owner.
        foreach (((_, int person), List<int> list) in several)
            for (int a = 0; a < list.Count; a++)
            for (int b = a + 1; b < list.Count; b++)
            {
                (int common, int least) = InCommon(truth[list[a]].Owners, truth[list[b]].Owners);
                if (common > 1 && least == person)
                    pairs -= common - 1;
            }
        return pairs;
    }

    private static (int Common, int Least) InCommon(IReadOnlyList<IdentifierOwner> a, IReadOnlyList<IdentifierOwner> b)
    {
        int common = 0;
        int least = int.MaxValue;
        foreach (IdentifierOwner one in a)
        foreach (IdentifierOwner other in b)
            if (one.Person == other.Person)
            {
                common++;
                least = Math.Min(least, one.Person);
            }
        return (common, least);
    }

    private static long Pairs(int count) => (long)count * (count - 1) / 2;

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
}
