namespace Throughline.Core.Attribution.Models;

/// <summary>Credit per channel over many paths, where each path's credit depends on that path alone.</summary>
public static class PathCredit
{
    /// <summary>
    /// Each path's <paramref name="amount"/> (conversions, or value) by the weights of its touches, added up by channel. Channels
    /// in ordinal order; a channel without credit is there with zero.
    /// </summary>
    public static SortedDictionary<string, Rational> ByTouch(
        IEnumerable<CountedPath> paths,
        Func<IReadOnlyList<string>, IReadOnlyList<Rational>> weights,
        Func<CountedPath, Rational> amount
    )
    {
        SortedDictionary<string, Rational> credit = new(StringComparer.Ordinal);
        foreach (CountedPath path in paths)
        {
            IReadOnlyList<Rational> weight = weights(path.Channels);
            Rational total = amount(path);
            for (int i = 0; i < weight.Count; i++)
                Add(credit, path.Channels[i], weight[i] * total);
        }
        return credit;
    }

    /// <summary>Participation: the whole amount to each different channel of the path. A count: it adds up to more.</summary>
    public static SortedDictionary<string, Rational> Participation(
        IEnumerable<CountedPath> paths,
        Func<CountedPath, Rational> amount
    )
    {
        SortedDictionary<string, Rational> credit = new(StringComparer.Ordinal);
        foreach (CountedPath path in paths)
        foreach (string channel in path.Channels.Distinct(StringComparer.Ordinal))
            Add(credit, channel, amount(path));
        return credit;
    }

    internal static void Add(SortedDictionary<string, Rational> credit, string channel, Rational amount)
    {
        credit.TryGetValue(channel, out Rational before);
        credit[channel] = before + amount;
    }
}
