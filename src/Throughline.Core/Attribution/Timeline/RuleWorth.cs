using Throughline.Core.Attribution.Rates;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>What a conversion is worth under a rule.</summary>
/// <param name="Reason">Why that cannot be said; <see cref="TouchReason.Credited"/>: it can.</param>
/// <param name="Value">Minor units.</param>
/// <param name="Currency">Three ASCII letters, the first in the lowest byte.</param>
/// <param name="Rate">By which the conversion's currency became this one; none if they are the same.</param>
internal readonly record struct RuleWorth(TouchReason Reason, long Value, int Currency, RateUse Rate)
{
    /// <summary>What it is worth by itself; a value below zero is none.</summary>
    public static RuleWorth Of(in TimelineConversion conversion) =>
        new(TouchReason.Credited, Math.Max(0, conversion.Minor), conversion.Currency, default);

    /// <summary>The same in another currency; null if it is beyond what an event may carry.</summary>
    public RuleWorth? In(int currency, in RateUse rate) =>
        rate.Rate.Convert(Value, CurrencyOf(Currency), CurrencyOf(currency), rate.IsInverse) is { } value
            ? new(Reason, value, currency, rate)
            : null;

    public static Currency CurrencyOf(int code) =>
        Events.Currency.TryParse([(byte)code, (byte)(code >> 8), (byte)(code >> 16)], out Currency currency)
            ? currency
            : default;
}
