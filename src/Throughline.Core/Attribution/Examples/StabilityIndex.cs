using System.Numerics;

namespace Throughline.Core.Attribution.Examples;

/// <summary>
/// How far the values of one feature in a second period are from those in a first: the population stability index,
/// <c>sum over bins of (q - p) ln(q / p)</c> with <c>p</c> and <c>q</c> the bin's weighted shares of both periods; half an example is added to
/// each bin, so that none is empty. It is Jeffreys' divergence (H. Jeffreys, Theory of Probability, 1946); the name and the rule of thumb
/// (below 0.1 no shift, above 0.25 a great one) are credit scoring's (N. Siddiqi, Credit Risk Scorecards, 2006).
/// </summary>
public sealed class StabilityIndex
{
    /// <summary>Words that are told apart; further ones are one bin.</summary>
    public const int WordsMax = 1_000;

    private const int Missing = -1;
    private const int Others = -2;

    private readonly Dictionary<int, (long First, long Second)> bins = [];
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly long[] weights = new long[2];
    private readonly Int128[] squares = new Int128[2]; // of weights
    private readonly long[] missing = new long[2];

    /// <summary>Takes a number in: bins are nothing, 0, and powers of two.</summary>
    /// <param name="period">0 or 1.</param>
    public void Add(int period, long? number, int weight)
    {
        int bin =
            number is not { } value ? Missing
            : value <= 0 ? 0
            : BitOperations.Log2((ulong)value) + 1;
        Count(bin, period, weight);
    }

    /// <summary>Takes a word in: each is a bin.</summary>
    public void Add(int period, string word, int weight)
    {
        int bin = Missing;
        if (word.Length > 0 && !words.TryGetValue(word, out bin))
        {
            bin = words.Count < WordsMax ? words.Count : Others;
            if (bin >= 0)
                words.Add(word, bin);
        }
        Count(bin, period, weight);
    }

    /// <summary>Bins that anything is in.</summary>
    public int Bins => bins.Count;

    /// <summary>Weighted examples of a period without a value.</summary>
    public long MissingIn(int period) => missing[period];

    /// <summary>The index; null if a period is empty.</summary>
    public double? Value
    {
        get
        {
            if (weights[0] == 0 || weights[1] == 0)
                return null;
            double sum = 0;
            foreach ((_, (long first, long second)) in bins.OrderBy(bin => bin.Key)) // an order, since doubles are added
            {
                double p = (first + 0.5) / (weights[0] + 0.5 * bins.Count);
                double q = (second + 0.5) / (weights[1] + 0.5 * bins.Count);
                sum += (q - p) * Math.Log(q / p);
            }
            return sum;
        }
    }

    /// <summary>
    /// What the index would be about, were there no drift at all: <c>(bins - 1)(1/n + 1/m)</c> for <c>n</c> and <c>m</c> examples (B. Yurdakul,
    /// Statistical Properties of Population Stability Index, 2018), counted by Kish's effective size where they are weighted.
    /// </summary>
    public double? Chance =>
        weights[0] == 0 || weights[1] == 0 ? null : (bins.Count - 1) * (1 / Effective(0) + 1 / Effective(1));

    private double Effective(int period) =>
        (double)((Int128)weights[period] * weights[period]) / (double)squares[period];

    private void Count(int bin, int period, int weight)
    {
        (long first, long second) = bins.GetValueOrDefault(bin);
        bins[bin] = period == 0 ? (first + weight, second) : (first, second + weight);
        weights[period] += weight;
        squares[period] += (Int128)weight * weight;
        if (bin == Missing)
            missing[period] += weight;
    }
}
