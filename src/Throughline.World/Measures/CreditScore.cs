using Throughline.World.Truth;

namespace Throughline.World.Measures;

/// <summary>
/// Compares credit with the truth, conversion by conversion. A conversion is exact if the credits are the same set of (touch,
/// minor units) and the unattributed rest is the same, before refunds; credits of zero do not count on either side. A conversion that was
/// never answered for is not exact.
/// </summary>
public sealed class CreditScore(WorldTruth truth)
{
    private const int MostMisses = 100;

    private readonly Dictionary<ulong, TrueConversion> open = truth.Conversions.ToDictionary(conversion =>
        conversion.Id
    );
    private readonly List<TrueConversion> misses = [];
    private readonly long[] exact = new long[4];

    /// <summary>Exact conversions of all.</summary>
    public double ExactShare => truth.Conversions.Count == 0 ? 1 : (double)exact.Sum() / truth.Conversions.Count;

    public long Exact => exact.Sum();

    /// <summary>The first of those that were answered for and not exact.</summary>
    public IReadOnlyList<TrueConversion> Misses => misses;

    public long ExactOf(ConversionStatus status) => exact[(int)status];

    /// <summary>Takes the answer for one conversion; gives whether it is exact. An unknown or repeated conversion is not.</summary>
    public bool Add(ulong conversion, IEnumerable<TrueCredit> credits, long unattributed)
    {
        if (!open.Remove(conversion, out TrueConversion? expected))
            return false;
        bool equal = unattributed == expected.Unattributed && Ordered(credits).SequenceEqual(Ordered(expected.Credits));
        if (equal)
            exact[(int)expected.Status]++;
        else if (misses.Count < MostMisses)
            misses.Add(expected);
        return equal;
    }

    private static IEnumerable<TrueCredit> Ordered(IEnumerable<TrueCredit> credits) =>
        credits.Where(credit => credit.Minor != 0).OrderBy(credit => credit.Touch).ThenBy(credit => credit.Minor);
}
