using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Tests.Attribution.Timeline;

namespace Throughline.Core.Tests.Tenant;

/// <summary>A value in a rule's currency, as docs/guide/exchange-rates.md states it: with fractions, over the documents themselves.</summary>
internal sealed partial class Reference
{
    private static readonly Dictionary<string, int> Digits = new()
    {
        ["EUR"] = 2,
        ["USD"] = 2,
        ["JPY"] = 0,
    };

    private long Exchanged(AttributionRule rule, Won won, long value)
    {
        if (rule.Currency is null || won.Currency.Length == 0 || rule.Currency == won.Currency)
            return value;
        if (RateOf(won, rule.Currency) is not { } rate)
            return TimelineOracle.NoRate;
        Rational units = new Rational(value, BigInteger.Pow(10, Digits[won.Currency])) * rate;
        return (long)units.Round(BigInteger.Pow(10, Digits[rule.Currency])); // halves go up
    }

    private Rational? RateOf(Won won, string to)
    {
        var said = rates.Where(x => x.Time < finality.EndOf(won.Time)).OrderBy(x => x.Time).ThenBy(x => x.Id).ToList();
        int fallback = 7;
        foreach ((long _, var _, JsonElement table) in said)
            if (table.TryGetProperty("fallbackDays", out JsonElement days))
                fallback = days.GetInt32();
        for (int back = 0; back <= fallback; back++)
        {
            string day = DateTimeOffset
                .FromUnixTimeMilliseconds(won.Time)
                .UtcDateTime.AddDays(-back)
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (Said(said, day, won.Currency, to) is { } direct)
                return direct;
            if (Said(said, day, to, won.Currency) is { } inverse)
                return 1 / inverse;
        }
        return null;
    }

    private static Rational? Said<T>(List<(long, T, JsonElement Table)> tables, string day, string from, string to)
    {
        string? last = null;
        foreach ((_, _, JsonElement table) in tables)
        foreach (JsonElement row in table.GetProperty("rates").EnumerateArray())
            if (
                row.GetProperty("day").GetString() == day
                && row.GetProperty("from").GetString() == from
                && row.GetProperty("to").GetString() == to
            )
                last = row.GetProperty("rate").GetString();
        return last is not null and not "none" && Rational.TryParse(last, out Rational rate) ? rate : null;
    }
}
