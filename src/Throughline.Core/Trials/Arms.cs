using System.ComponentModel;

namespace Throughline.Core.Trials;

/// <summary>What the units of one arm of an experiment came to, units without any conversion included.</summary>
/// <param name="Units">Who was drawn: they are independent of one another, their conversions are not.</param>
/// <param name="Converted">Units with at least one conversion.</param>
/// <param name="Conversions">Sums of conversions by unit.</param>
/// <param name="Values">Sums of value by unit, in minor units, by packed currency.</param>
public sealed record Arm(long Units, long Converted, Sums Conversions, IReadOnlyDictionary<int, Sums> Values)
{
    /// <summary>Adds its units up. The order of units changes nothing.</summary>
    public static Arm Of(IEnumerable<UnitOutcome> outcomes)
    {
        UnitOutcome[] units = [.. outcomes];
        int[] currencies = [.. units.SelectMany(x => x.Values.Keys).Distinct().Order()];
        return new(
            units.Length,
            units.LongCount(x => x.Conversions > 0),
            SumsOf(units.Select(x => (double)x.Conversions)),
            currencies.ToDictionary(
                currency => currency,
                currency => SumsOf(units.Select(x => (double)x.Values.GetValueOrDefault(currency)))
            )
        );
    }

    /// <summary>Its value in a currency.</summary>
    public Sums ValueIn(int currency) => Values.TryGetValue(currency, out Sums sums) ? sums : new(Units, 0, 0, 0);

    // Ascending, so that rounding is the same whatever order the units came in.
    private static Sums SumsOf(IEnumerable<double> values) =>
        values.Order().Aggregate(new Sums(), (sums, x) => sums.With(x));
}

/// <summary>What became of one unit.</summary>
/// <param name="Values">Minor units by packed currency; a currency without conversions may be left out.</param>
public sealed record UnitOutcome(long Conversions, IReadOnlyDictionary<int, long> Values)
{
    public static UnitOutcome None { get; } = new(0, new Dictionary<int, long>());
}

/// <summary>An arm as it is told.</summary>
public sealed record ArmFigures(
    long Units,
    long Converted,
    [property: Description("Share of the units that converted; 95 %: Wilson")] Interval Rate,
    long Conversions,
    [property: Description("Net of refunds")] IReadOnlyList<ArmValue> Values
);

/// <summary>What the units of an arm paid in one currency.</summary>
public sealed record ArmValue(string Currency, long Minor, double MinorPerUnit);
