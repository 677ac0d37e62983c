using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What one thread, and in the end all of them, attributed.</summary>
internal sealed class CreditTally
{
    private readonly long[] reasons = new long[byte.MaxValue];
    private readonly long[] statuses = new long[byte.MaxValue];
    private readonly Dictionary<int, Money> money = [];
    private int lastCurrency = -1;
    private Money last = new();

    /// <summary>Rows of results: of candidates, and of what stayed unattributed.</summary>
    public long Rows { get; set; }

    public long Of(ConversionStatus status) => statuses[(int)status];

    /// <summary>Candidates by reason, credited ones too; none that did not occur.</summary>
    public SortedDictionary<string, long> Reasons => Named<TouchReason>(reasons);

    /// <summary>By currency; minor units. The empty currency is that of conversions without a value.</summary>
    public SortedDictionary<string, Int128> Credits => ByCurrency(sums => sums.Credit);

    /// <inheritdoc cref="Credits"/>
    public SortedDictionary<string, Int128> Unattributed => ByCurrency(sums => sums.Unattributed);

    public void Count(TouchReason reason) => reasons[(int)reason]++;

    public void Count(ConversionStatus status) => statuses[(int)status]++;

    /// <summary>Counts a group of a conversion.</summary>
    public void Count(in GroupCredit group)
    {
        if (group.Currency != lastCurrency)
        {
            lastCurrency = group.Currency;
            if (!money.TryGetValue(group.Currency, out Money? known))
                money.Add(group.Currency, known = new());
            last = known;
        }
        last.Credit += (Int128)group.NetValue - group.NetUnattributed;
        last.Unattributed += group.NetUnattributed;
    }

    public void Add(CreditTally other)
    {
        for (int i = 0; i < reasons.Length; i++)
        {
            reasons[i] += other.reasons[i];
            statuses[i] += other.statuses[i];
        }
        Rows += other.Rows;
        foreach ((int currency, Money sums) in other.money)
        {
            if (!money.TryGetValue(currency, out Money? known))
                money.Add(currency, known = new());
            known.Credit += sums.Credit;
            known.Unattributed += sums.Unattributed;
        }
    }

    private static SortedDictionary<string, long> Named<TEnum>(long[] counts)
        where TEnum : struct, Enum
    {
        SortedDictionary<string, long> named = new(StringComparer.Ordinal);
        foreach (TEnum value in Enum.GetValues<TEnum>())
            if (counts[Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)] is > 0 and long count)
                named.Add(Codes.Of(value), count);
        return named;
    }

    private SortedDictionary<string, Int128> ByCurrency(Func<Money, Int128> sum)
    {
        SortedDictionary<string, Int128> sums = new(StringComparer.Ordinal);
        foreach ((int currency, Money each) in money)
            if (currency != 0)
                sums.Add(Codes.Currency(currency), sum(each));
        return sums;
    }

    // One conversion may be worth all that 63 bits hold; their sum is exact all the same.
    private sealed class Money
    {
        public Int128 Credit;
        public Int128 Unattributed;
    }
}

/// <summary>Words of results.</summary>
internal static class Codes
{
    /// <summary>A value of a closed list in <c>snake_case</c>.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The code of a currency as the timeline has it: three letters, the first in the lowest byte.</summary>
    public static string Currency(int packed) =>
        packed == 0 ? "" : new([(char)(packed & 0xff), (char)(packed >> 8 & 0xff), (char)(packed >> 16 & 0xff)]);
}
