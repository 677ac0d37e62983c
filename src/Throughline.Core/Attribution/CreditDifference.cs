using Throughline.Core.Events;

namespace Throughline.Core.Attribution;

/// <summary>A conversion whose credit is another now.</summary>
/// <param name="Position">Of its event in the log.</param>
public sealed record MovedConversion(
    long Position,
    int Currency,
    long Minor,
    ConversionStatus Before,
    ConversionStatus Now
);

/// <summary>
/// How the results of conversions differ from earlier results of the same: how many, what they are worth, and what each campaign has before
/// and after. Money is net of refunds, in minor units.
/// </summary>
public sealed class CreditDifference
{
    /// <summary>Moved conversions that are told one by one.</summary>
    public const int ListedMax = 100;

    private readonly Dictionary<(string Campaign, int Currency), (long Before, long Now)> byCampaign = [];
    private readonly Dictionary<int, (long Before, long Now)> unattributed = [];
    private readonly Dictionary<int, (long Count, long Minor)> values = [];

    /// <summary>Results that say anything else.</summary>
    public long Results { get; private set; }

    /// <summary>Of those, conversions with another status, or with credit for other touches.</summary>
    public long Moved { get; private set; }

    /// <summary>The first of those.</summary>
    public List<MovedConversion> Listed { get; } = [];

    /// <summary>The moved conversions and their value, by currency.</summary>
    public IEnumerable<(string Currency, long Count, long Minor)> Values =>
        values.Select(x => (CodeOf(x.Key), x.Value.Count, x.Value.Minor)).OrderBy(x => x.Item1, StringComparer.Ordinal);

    /// <summary>What campaigns earn of the moved conversions, before and now; a campaign that has the same is left out.</summary>
    public IEnumerable<(string Campaign, string Currency, long Before, long Now)> Campaigns =>
        byCampaign
            .Where(x => x.Value.Before != x.Value.Now)
            .Select(x => (x.Key.Campaign, CodeOf(x.Key.Currency), x.Value.Before, x.Value.Now))
            .OrderBy(x => x.Campaign, StringComparer.Ordinal)
            .ThenBy(x => x.Item2, StringComparer.Ordinal);

    /// <summary>What nobody earns of the moved conversions, in any exclusivity group, before and now.</summary>
    public IEnumerable<(string Currency, long Before, long Now)> Unattributed =>
        unattributed
            .Select(x => (CodeOf(x.Key), x.Value.Before, x.Value.Now))
            .OrderBy(x => x.Item1, StringComparer.Ordinal);

    /// <summary>The code of a packed currency; empty for none.</summary>
    public static string CodeOf(int currency) =>
        currency == 0 ? "" : $"{(char)(currency & 0xff)}{(char)(currency >> 8 & 0xff)}{(char)(currency >> 16 & 0xff)}";

    /// <summary>Two results of one conversion.</summary>
    public void Add(ConversionCase before, ConversionCase now)
    {
        if (ConversionResult.ContentOf(before) == ConversionResult.ContentOf(now))
            return;
        Results++;
        if (before.Status == now.Status && CreditsOf(before).SequenceEqual(CreditsOf(now)))
            return;
        Moved++;
        (long count, long minor) = values.GetValueOrDefault(now.Currency);
        values[now.Currency] = (count + 1, minor + now.Minor);
        foreach ((_, string campaign, int currency, long net) in CreditsOf(before))
            Count(byCampaign, (campaign, currency), net, 0);
        foreach ((_, string campaign, int currency, long net) in CreditsOf(now))
            Count(byCampaign, (campaign, currency), 0, net);
        foreach (GroupShare share in before.Shares)
            Count(unattributed, share.Currency, share.NetUnattributed, 0);
        foreach (GroupShare share in now.Shares)
            Count(unattributed, share.Currency, 0, share.NetUnattributed);
        if (Listed.Count < ListedMax)
            Listed.Add(new(now.Position, now.Currency, now.Minor, before.Status, now.Status));
    }

    private static IEnumerable<(long Touch, string Campaign, int Currency, long Net)> CreditsOf(
        ConversionCase conversion
    ) =>
        conversion
            .Candidates.Where(candidate => candidate.Reason == TouchReason.Credited)
            .Select(candidate =>
                (candidate.Position, candidate.Campaign, conversion.ShareOf(candidate).Currency, candidate.Net)
            );

    private static void Count<TKey>(Dictionary<TKey, (long Before, long Now)> sums, TKey key, long before, long now)
        where TKey : notnull
    {
        (long hadBefore, long hasNow) = sums.GetValueOrDefault(key);
        sums[key] = (hadBefore + before, hasNow + now);
    }
}
