namespace Throughline.Core.Attribution.Models;

/// <summary>
/// Fractribution: a touch of a path weighs by how much less likely the path without it converts. Likelihoods are those of whole
/// paths; where no touch makes a difference the last one has the credit.
/// </summary>
public sealed class Fractribution
{
    private readonly Dictionary<string, (Rational Conversions, Rational Customers)> paths = new(StringComparer.Ordinal);

    public Fractribution(IEnumerable<CountedPath> paths)
    {
        foreach (CountedPath path in paths)
        {
            string key = Key(path.Channels);
            this.paths.TryGetValue(key, out (Rational Conversions, Rational Customers) before);
            this.paths[key] = (
                before.Conversions + path.Conversions,
                before.Customers + path.Conversions + path.Others
            );
        }
    }

    /// <summary>The share of the customers with exactly this path who converted; zero of a path that nobody took.</summary>
    public Rational Probability(IReadOnlyList<string> channels) =>
        paths.TryGetValue(Key(channels), out (Rational Conversions, Rational Customers) found)
        && !found.Customers.IsZero
            ? found.Conversions / found.Customers
            : Rational.Zero;

    /// <summary>How much less likely the path without each touch converts, at least zero; of a single touch, the path's likelihood.</summary>
    public Rational[] Marginals(IReadOnlyList<string> channels)
    {
        Rational whole = Probability(channels);
        var marginals = new Rational[channels.Count];
        for (int i = 0; i < marginals.Length; i++)
        {
            Rational without =
                channels.Count == 1 ? Rational.Zero : Probability([.. channels.Where((_, at) => at != i)]);
            marginals[i] = whole > without ? whole - without : Rational.Zero;
        }
        return marginals;
    }

    /// <summary>Weights of the path's touches; they add up to one.</summary>
    public Rational[] Weights(IReadOnlyList<string> channels)
    {
        Rational[] marginals = Marginals(channels);
        Rational sum = marginals.Aggregate(Rational.Zero, (a, b) => a + b);
        return sum.IsZero ? PositionWeights.Last(channels.Count) : [.. marginals.Select(x => x / sum)];
    }

    private static string Key(IReadOnlyList<string> channels) => string.Join('\n', channels);
}
