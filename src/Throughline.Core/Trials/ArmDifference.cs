using System.ComponentModel;
using Throughline.Core.Attribution;

namespace Throughline.Core.Trials;

/// <summary>
/// What a treatment did to those who had it, by comparison with units that by lot had not. Where units act on nobody else and the lot
/// is blind, differences between the arms are its effect.
/// </summary>
public sealed record ArmDifference(
    [property: Description("Difference of the shares that converted, first arm minus second; 95 %: Newcombe")]
        Interval Rate,
    [property: Description("Conversions a unit; 95 %: Welch. None if fewer than 10 units of the first arm converted")]
        Interval? ConversionsPerUnit,
    [property: Description("Minor units a unit, net of refunds, by currency")] IReadOnlyList<ValueInterval> ValuePerUnit
)
{
    /// <summary>The first arm minus the second.</summary>
    public static ArmDifference Of(Arm one, Arm two) =>
        new(
            Shares.Difference(one.Converted, one.Units, two.Converted, two.Units).Rounded(6),
            Sums.Difference(one.Conversions, two.Conversions)?.Rounded(6),
            [.. CurrenciesOf(one, two).Select(x => new ValueInterval(CreditDifference.CodeOf(x), Value(one, two, x)))]
        );

    /// <summary>An arm as it is told.</summary>
    public static ArmFigures FiguresOf(Arm arm) =>
        new(
            arm.Units,
            arm.Converted,
            Shares.Of(arm.Converted, arm.Units).Rounded(6),
            (long)arm.Conversions.Total,
            [
                .. arm
                    .Values.Select(x => new ArmValue(
                        CreditDifference.CodeOf(x.Key),
                        (long)x.Value.Total,
                        Math.Round(x.Value.Mean, 2, MidpointRounding.ToEven)
                    ))
                    .OrderBy(x => x.Currency, StringComparer.Ordinal),
            ]
        );

    internal static IEnumerable<int> CurrenciesOf(Arm one, Arm two) =>
        one.Values.Keys.Union(two.Values.Keys).OrderBy(CreditDifference.CodeOf, StringComparer.Ordinal);

    private static Interval? Value(Arm one, Arm two, int currency) =>
        Sums.Difference(one.ValueIn(currency), two.ValueIn(currency))?.Rounded(2);
}

/// <summary>Money in one currency with its interval.</summary>
/// <param name="Minor">Null: too few units have any, and no figure would mean something.</param>
public sealed record ValueInterval(
    string Currency,
    [property: Description(
        "None if fewer than 10 units have any in this currency: no interval would hold what it promises"
    )]
        Interval? Minor
);

/// <summary>
/// What the units of the second arm would have done in the first one's place, less what they did: sums over those very units, whose own doings
/// are known exactly; only what they would have done is estimated, from the units of the first arm.
/// </summary>
public sealed record Foregone(
    [property: Description("Units that would have converted and did not; 95 %: Krishnamoorthy and Peng")]
        Interval Converted,
    [property: Description("Conversions; 95 %: Student. None if fewer than 10 units of the first arm converted")]
        Interval? Conversions,
    [property: Description("Minor units, net of refunds, by currency")] IReadOnlyList<ValueInterval> Values
)
{
    /// <summary>Compares the treated with the untreated.</summary>
    /// <param name="one">Untreated.</param>
    /// <param name="two">Treated.</param>
    public static Foregone Of(Arm one, Arm two) =>
        new(
            Shares.Unseen(one.Converted, one.Units, two.Units).Less(two.Converted, -two.Converted).Rounded(2),
            one.Conversions.Unseen(two.Units)?.Less(two.Conversions.Total, -two.Conversions.Total).Rounded(2),
            [
                .. ArmDifference
                    .CurrenciesOf(one, two)
                    .Select(x => new ValueInterval(CreditDifference.CodeOf(x), Value(one, two, x))),
            ]
        );

    private static Interval? Value(Arm one, Arm two, int currency)
    {
        double had = two.ValueIn(currency).Total;
        return one.ValueIn(currency).Unseen(two.Units)?.Less(had, -had).Rounded(0);
    }
}
