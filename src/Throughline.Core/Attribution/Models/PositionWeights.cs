namespace Throughline.Core.Attribution.Models;

/// <summary>
/// Weights by a touch's place in the path, first touch first. Each list of one touch or more adds up to one. Sources of the
/// formulas: docs/guide/attribution-models.md.
/// </summary>
public static class PositionWeights
{
    public static Rational[] First(int touches) => Only(touches, 0);

    public static Rational[] Last(int touches) => Only(touches, touches - 1);

    /// <summary>The last touch that is not direct; of a path that is direct throughout, the last one.</summary>
    public static Rational[] LastNonDirect(ReadOnlySpan<bool> isDirect)
    {
        int last = isDirect.LastIndexOf(false);
        return Only(isDirect.Length, last < 0 ? isDirect.Length - 1 : last);
    }

    /// <summary>Everything to the last touch that is the converting event itself; nothing if none is.</summary>
    public static Rational[] SameTouch(ReadOnlySpan<bool> isConversion) =>
        Only(isConversion.Length, isConversion.LastIndexOf(true));

    public static Rational[] Linear(int touches)
    {
        var weights = new Rational[touches];
        Array.Fill(weights, new Rational(1, Math.Max(touches, 1)));
        return weights;
    }

    /// <summary>An equal share to each different channel, given to its first touch.</summary>
    public static Rational[] LinearUnique(IReadOnlyList<string> channels)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        var isFirst = new bool[channels.Count];
        for (int i = 0; i < isFirst.Length; i++)
            isFirst[i] = seen.Add(channels[i]);
        return [.. isFirst.Select(first => first ? new Rational(1, seen.Count) : Rational.Zero)];
    }

    /// <summary>40 % to the first, 40 % to the last, 20 % to those between; two touches take half each.</summary>
    public static Rational[] UShaped(int touches) => Custom(touches, 40, 20, 40);

    /// <summary>20 % to the first, 60 % to the last, 20 % to those between; two touches take 25 % and 75 %.</summary>
    public static Rational[] JShaped(int touches) => Custom(touches, 20, 20, 60);

    /// <summary>60 % to the first, 20 % to the last, 20 % to those between; two touches take 75 % and 25 %.</summary>
    public static Rational[] InverseJ(int touches) => Custom(touches, 60, 20, 20);

    /// <summary>
    /// Any weights (not negative, in any unit): the first touch has <paramref name="starter"/>, the last
    /// <paramref name="closer"/>, those between share <paramref name="player"/>. One touch has everything; two leave the middle
    /// out. Ends that both weigh nothing share equally where there is no middle.
    /// </summary>
    public static Rational[] Custom(int touches, Rational starter, Rational player, Rational closer)
    {
        if (starter.Sign < 0 || player.Sign < 0 || closer.Sign < 0 || (starter + player + closer).IsZero)
            throw new ArgumentOutOfRangeException(nameof(starter), "weights are not negative, and not all zero");
        if (touches <= 1)
            return Only(touches, 0);
        Rational ends = starter + closer;
        if (touches == 2)
            return ends.IsZero ? Linear(2) : [starter / ends, closer / ends];
        Rational all = ends + player;
        var weights = new Rational[touches];
        Array.Fill(weights, player / all / (touches - 2));
        weights[0] = starter / all;
        weights[^1] = closer / all;
        return weights;
    }

    /// <summary>
    /// 30 % each to the first touch, the one that created the lead and the one that created the opportunity (indexes; where they
    /// coincide the shares add), 10 % equally to the others; without others the milestones take it in proportion.
    /// </summary>
    public static Rational[] WShaped(int touches, int lead, int opportunity)
    {
        if (touches == 0)
            return [];
        ArgumentOutOfRangeException.ThrowIfNotEqual(lead >= 0 && lead < touches, true);
        ArgumentOutOfRangeException.ThrowIfNotEqual(opportunity >= 0 && opportunity < touches, true);
        var weights = new Rational[touches];
        foreach (int milestone in (int[])[0, lead, opportunity])
            weights[milestone] += new Rational(3, 10);
        int others = weights.Count(weight => weight.IsZero);
        for (int i = 0; i < touches; i++)
            weights[i] =
                others == 0 ? weights[i] / new Rational(9, 10)
                : weights[i].IsZero ? new Rational(1, 10 * others)
                : weights[i];
        return weights;
    }

    private static Rational[] Only(int touches, int index)
    {
        var weights = new Rational[touches];
        if (index >= 0 && index < touches)
            weights[index] = Rational.One;
        return weights;
    }
}
