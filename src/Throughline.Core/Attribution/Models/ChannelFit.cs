using System.Numerics;

namespace Throughline.Core.Attribution.Models;

/// <summary>The game whose Shapley values channels get.</summary>
public enum ShapleyForm
{
    /// <summary>Each path's conversions, shared equally by its different channels (Zhao, Mahboobi and Bagheri 2018).</summary>
    Simplified,

    /// <summary>The same by the place at which a channel first came; added up over places it is the simplified form.</summary>
    Ordered,

    /// <summary>The general form over every set of channels, worth what came by paths of those channels alone: equals the simplified form.</summary>
    Set,

    /// <summary>
    /// The general form where a set is worth the share of customers who converted, of those whom no other channel reached: the one form that reads
    /// paths without conversion. Values below zero count as none.
    /// </summary>
    Rate,
}

/// <summary>
/// What a model over many paths gives each channel, and the whole-number weights of a table made of it. Everything is exact but Markov's
/// linear equations, and those are the same on every machine; paths are taken in the order in which they are given.
/// </summary>
public static class ChannelFit
{
    /// <summary>The weights of a table add up to about so much.</summary>
    public const int WholeWeight = 1_000_000;

    /// <summary>States of a Markov chain, at most: its equations cost their number to the third power, once for each channel.</summary>
    public const int StatesMax = 2_000;

    // Shares of a path are cut to so many parts before they are added up: exact sums of a million different fractions would never end.
    private static readonly BigInteger Parts = BigInteger.Pow(10, 18);

    /// <summary>Conversions that each channel earns by its removal effect; channels in ordinal order.</summary>
    public static SortedDictionary<string, Rational> Markov(MarkovModel model) =>
        new(
            model.Credit().ToDictionary(x => x.Key, x => new Rational((BigInteger)(x.Value * 1e9), 1_000_000_000)),
            StringComparer.Ordinal
        );

    /// <summary>Conversions, or with <see cref="ShapleyForm.Rate"/> the share of converted customers, that each channel earns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A form over sets, and more than <see cref="Shapley.MostPlayers"/> channels.</exception>
    public static SortedDictionary<string, Rational> OfShapley(
        IReadOnlyCollection<CountedPath> paths,
        ShapleyForm form
    ) =>
        form switch
        {
            ShapleyForm.Simplified => Shapley.OfPaths(paths, x => x.Conversions),
            ShapleyForm.Ordered => new(
                Shapley
                    .OfOrderedPaths(paths, x => x.Conversions)
                    .ToDictionary(x => x.Key, x => x.Value.Aggregate(Rational.Zero, (a, b) => a + b)),
                StringComparer.Ordinal
            ),
            _ => OfSets(paths, form),
        };

    /// <summary>Conversions that each channel earns, each path's by the marginals of its touches.</summary>
    public static SortedDictionary<string, Rational> OfFractribution(IReadOnlyCollection<CountedPath> paths)
    {
        Fractribution model = new(paths);
        SortedDictionary<string, BigInteger> sums = new(StringComparer.Ordinal);
        foreach (CountedPath path in paths)
        {
            Rational[] weights = model.Weights(path.Channels);
            for (int i = 0; i < weights.Length; i++)
                sums[path.Channels[i]] =
                    sums.GetValueOrDefault(path.Channels[i]) + (weights[i] * path.Conversions).Round(Parts);
        }
        return new(sums.ToDictionary(x => x.Key, x => new Rational(x.Value, Parts)), StringComparer.Ordinal);
    }

    /// <summary>Whole-number weights in proportion; a channel that earns anything has at least 1.</summary>
    public static SortedDictionary<string, long> Weights(SortedDictionary<string, Rational> credit)
    {
        Rational sum = credit.Values.Where(x => x.Sign > 0).Aggregate(Rational.Zero, (a, b) => a + b);
        SortedDictionary<string, long> weights = new(StringComparer.Ordinal);
        foreach ((string channel, Rational earned) in credit)
            weights[channel] = earned.Sign <= 0 ? 0 : Math.Max(1, (long)(earned / sum).Round(WholeWeight));
        return weights;
    }

    private static SortedDictionary<string, Rational> OfSets(IReadOnlyCollection<CountedPath> paths, ShapleyForm form)
    {
        string[] channels =
        [
            .. paths.SelectMany(x => x.Channels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels.Length, Shapley.MostPlayers);
        var conversions = new Rational[1 << channels.Length];
        var others = new Rational[1 << channels.Length];
        foreach (CountedPath path in paths)
        {
            int set = path.Channels.Aggregate(
                0,
                (bits, x) => bits | 1 << Array.BinarySearch(channels, x, StringComparer.Ordinal)
            );
            conversions[set] += path.Conversions;
            others[set] += path.Others;
        }
        // What came by paths of exactly these channels becomes what came by these or fewer.
        for (int channel = 0; channel < channels.Length; channel++)
        for (int set = 0; set < conversions.Length; set++)
            if ((set >> channel & 1) != 0)
            {
                conversions[set] += conversions[set ^ (1 << channel)];
                others[set] += others[set ^ (1 << channel)];
            }
        Rational[] worth =
        [
            .. conversions.Zip(
                others,
                (won, lost) =>
                    form == ShapleyForm.Set ? won
                    : won.IsZero ? Rational.Zero
                    : new Rational((won / (won + lost)).Round(Parts), Parts)
            ),
        ];
        Rational[] values = Shapley.OfGame(channels.Length, worth);
        return new(
            channels.Select((channel, i) => (channel, values[i])).ToDictionary(x => x.channel, x => x.Item2),
            StringComparer.Ordinal
        );
    }
}
