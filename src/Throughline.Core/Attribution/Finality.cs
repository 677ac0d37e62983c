using Throughline.Core.Gate;

namespace Throughline.Core.Attribution;

/// <summary>
/// From when on a conversion is final: statements and evidence whose event time is later than its own by more than this change it no more. Rules,
/// rates and labels never do, who its customer is does until the horizon has passed (docs/adr/0016). Only event times are compared, so that the
/// order of arrival decides nothing. Times are told in whole buckets of verdicts, as within one nobody knows what an actor was until it ends.
/// </summary>
/// <param name="RestateForMs">Milliseconds; null: never.</param>
public readonly record struct Finality(long? RestateForMs)
{
    /// <summary>Facts with an event time before this instant (milliseconds since 1970) may decide over a conversion of that time.</summary>
    public long EndOf(long conversion) =>
        RestateForMs is { } reach ? VerdictPolicy.BucketOf(conversion + reach) * VerdictPolicy.BucketMs : long.MaxValue;

    /// <summary>The first instant of conversions that a fact of this event time may decide over: the least whose end is after it.</summary>
    public long EarliestOf(long fact) =>
        RestateForMs is { } reach && fact != long.MinValue
            ? (VerdictPolicy.BucketOf(fact) + 1) * VerdictPolicy.BucketMs - reach
            : long.MinValue;
}
