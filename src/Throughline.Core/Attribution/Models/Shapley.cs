using System.Numerics;

namespace Throughline.Core.Attribution.Models;

/// <summary>Shapley values of channels, in three forms.</summary>
public static class Shapley
{
    /// <summary>The most channels that <see cref="OfGame"/> takes: it asks for the worth of every set of them.</summary>
    public const int MostPlayers = 20;

    /// <summary>
    /// Of the game in which a set of channels is worth what customers brought who were exposed to no other channel: each path's
    /// amount, shared equally by its different channels (Zhao, Mahboobi and Bagheri 2018, the simplified form).
    /// </summary>
    public static SortedDictionary<string, Rational> OfPaths(
        IEnumerable<CountedPath> paths,
        Func<CountedPath, Rational> amount
    ) => PathCredit.ByTouch(paths, PositionWeights.LinearUnique, amount);

    /// <summary>
    /// The ordered form of the same article: what each channel earns as the first, second, ... different channel of its paths.
    /// Summed over places it is <see cref="OfPaths"/>. Places count from 0.
    /// </summary>
    public static SortedDictionary<string, Rational[]> OfOrderedPaths(
        IReadOnlyCollection<CountedPath> paths,
        Func<CountedPath, Rational> amount
    )
    {
        int places = paths.Select(x => x.Channels.Distinct(StringComparer.Ordinal).Count()).DefaultIfEmpty(0).Max();
        SortedDictionary<string, Rational[]> credit = new(StringComparer.Ordinal);
        foreach (CountedPath path in paths)
        {
            string[] channels = [.. path.Channels.Distinct(StringComparer.Ordinal)];
            for (int place = 0; place < channels.Length; place++)
            {
                if (!credit.TryGetValue(channels[place], out Rational[]? row))
                    credit[channels[place]] = row = new Rational[places];
                row[place] += amount(path) / channels.Length;
            }
        }
        return credit;
    }

    /// <summary>
    /// Of any game: phi_j is the sum, over the sets S without j, of |S|! (p - |S| - 1)! / p! (v(S with j) - v(S)). A set is a bit
    /// mask of players; <paramref name="worth"/> has one entry for each, that of the empty set first.
    /// </summary>
    public static Rational[] OfGame(int players, IReadOnlyList<Rational> worth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(players, MostPlayers);
        ArgumentOutOfRangeException.ThrowIfNotEqual(worth.Count, 1 << players);
        var weight = new Rational[players];
        for (int size = 0; size < players; size++)
            weight[size] = new(Factorial(size) * Factorial(players - size - 1), Factorial(players));
        var values = new Rational[players];
        for (int set = 0; set < worth.Count; set++)
        for (int player = 0; player < players; player++)
            if ((set >> player & 1) == 0)
                values[player] += weight[BitOperations.PopCount((uint)set)] * (worth[set | (1 << player)] - worth[set]);
        return values;
    }

    private static BigInteger Factorial(int n)
    {
        BigInteger product = BigInteger.One;
        for (int i = 2; i <= n; i++)
            product *= i;
        return product;
    }
}
