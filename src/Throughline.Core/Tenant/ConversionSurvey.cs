using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Incrementality;
using Throughline.Core.Events;
using Throughline.Core.Gate;

namespace Throughline.Core.Tenant;

/// <summary>What a conversion came to. Named in reports.</summary>
public enum ConversionOutcome : byte
{
    /// <summary>Not all of it was refunded.</summary>
    Paid = 0,

    /// <summary>Its whole value was refunded.</summary>
    Refunded = 1,

    /// <summary>A label calls its actor a bot, good or bad, in its five minutes.</summary>
    Fake = 2,

    /// <summary>Other evidence than a label does: that may be a denial of the very rule that is looked at.</summary>
    Judged = 3,
}

/// <summary>A conversion as reports about people count it: each order once.</summary>
/// <param name="Id">Of its event.</param>
/// <param name="Customer">Null: it belongs to none.</param>
/// <param name="Currency">Packed; 0: it has no value.</param>
/// <param name="Minor">Its value in minor units.</param>
/// <param name="Net">The same less refunds.</param>
public readonly record struct SurveyedConversion(
    Token Id,
    long Time,
    Token? Customer,
    ConversionOutcome Outcome,
    int Currency,
    long Minor,
    long Net
);

/// <summary>Reads the conversions of a time out of a rehearsal's machine, as they stand in it.</summary>
public static class ConversionSurvey
{
    private const int BetweenLooks = 1_024;

    /// <summary>The conversions from an instant up to another, ascending by (time, id), reports of the same order left out.</summary>
    /// <param name="rehearsal">It has begun, and taken no statement yet.</param>
    public static IReadOnlyList<SurveyedConversion> Read(
        Rehearsal rehearsal,
        long from,
        long to,
        CancellationToken cancellation = default
    ) => [.. ReadCredited(rehearsal, from, to, cancellation).Select(x => x.Conversion)];

    /// <summary>The same, each with what campaigns earn of it.</summary>
    public static IReadOnlyList<CreditedConversion> ReadCredited(
        Rehearsal rehearsal,
        long from,
        long to,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(rehearsal);
        TenantMachine machine = rehearsal.Machine;
        AttributionLens lens = machine.Parts.Attribution;
        List<CreditedConversion> found = [];
        for (int row = 0; row < lens.Conversions.Count; row++)
        {
            if (row % BetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            ConversionRow stored = lens.Conversions[row];
            if (stored.Time < from || stored.Time >= to || lens.Canonical(row) != row || !stored.Result.Exists)
                continue;
            ConversionCase conversion = rehearsal.CaseOf(row);
            Identity.CustomerState customer = machine.Parts.Graph.CustomerOf(stored.Owner);
            found.Add(
                new(
                    new(
                        stored.Id,
                        stored.Time,
                        customer.Size > 0 ? machine.Parts.Graph.Groups.IdOf(customer.Founder) : null,
                        OutcomeOf(machine.Parts.Verdicts, stored.Bucket, conversion),
                        stored.Currency,
                        stored.Minor,
                        stored.Minor - conversion.Refunded
                    ),
                    [
                        .. conversion
                            .Candidates.Where(x => x.Reason == TouchReason.Credited)
                            .Select(x => new CampaignCredit(x.Campaign, stored.Currency, x.Net)),
                    ]
                )
            );
        }
        found.Sort((x, y) => (x.Conversion.Time, x.Conversion.Id).CompareTo((y.Conversion.Time, y.Conversion.Id)));
        return found;
    }

    private static ConversionOutcome OutcomeOf(VerdictLens verdicts, int bucket, ConversionCase conversion)
    {
        if (!verdicts.Counts(bucket))
            return verdicts.Actors[bucket].Reason == VerdictReason.Label
                ? ConversionOutcome.Fake
                : ConversionOutcome.Judged;
        return conversion.Minor > 0 && conversion.Refunded >= conversion.Minor
            ? ConversionOutcome.Refunded
            : ConversionOutcome.Paid;
    }
}
