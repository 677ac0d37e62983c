using System.ComponentModel;
using Throughline.Core.Trials;

namespace Throughline.Core.Attribution.Incrementality;

/// <summary>What campaigns caused, by the experiments that their sender has declared.</summary>
public sealed record IncrementalityReport(
    [property: Description("RFC 3339; the first instant of declarations")] string From,
    [property: Description("RFC 3339; the first instant after them")] string To,
    [property: Description("So long after their declaration conversions of a customer count")] long WindowSeconds,
    [property: Description("By name")] IReadOnlyList<CampaignIncrementality> Campaigns
);

/// <summary>One campaign's experiment.</summary>
public sealed record CampaignIncrementality(
    string Campaign,
    [property: Description("RFC 3339; the first declaration")] string Since,
    [property: Description("Excluded from the campaign")] ArmFigures Held,
    [property: Description("Whom the campaign could reach")] ArmFigures Treated,
    [property: Description(
        "Customers declared in both arms, such as merged ones: they count where the first declaration put them"
    )]
        long Crossed,
    [property: Description("Declarations whose identifiers belong to no customer: they count in no arm")] long Unknown,
    [property: Description("Customers whose window is not over yet")] long Open,
    [property: Description("Treated minus held")] ArmDifference Lift,
    [property: Description("What the treated customers did more than they would have done")] Incremental Incremental,
    [property: Description(
        "What the rules in force credit to the campaign, of the treated customers' conversions in the window"
    )]
        IReadOnlyList<AttributedValue> Attributed,
    [property: Description("Conversions of theirs with any credit for it")] long AttributedConversions
);

/// <summary>Sums over the treated customers.</summary>
public sealed record Incremental(
    [property: Description("Customers who would not have converted; 95 %: Krishnamoorthy and Peng")] Interval Converted,
    [property: Description("Conversions; 95 %: Student. None if fewer than 10 held customers converted")]
        Interval? Conversions,
    [property: Description("Minor units, net of refunds, by currency")] IReadOnlyList<ValueInterval> Values
)
{
    /// <summary>What was gained is what would have been foregone, seen from the other side.</summary>
    public static Incremental Of(Arm held, Arm treated)
    {
        Foregone foregone = Foregone.Of(held, treated);
        return new(
            Turn(foregone.Converted),
            foregone.Conversions is { } conversions ? Turn(conversions) : null,
            [.. foregone.Values.Select(x => x with { Minor = x.Minor is { } minor ? Turn(minor) : null })]
        );
    }

    private static Interval Turn(Interval interval) => new(-interval.Estimate, -interval.High, -interval.Low);
}

/// <summary>Credit in one currency.</summary>
public sealed record AttributedValue(string Currency, long Minor);
