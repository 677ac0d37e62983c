using System.Globalization;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>Exchange rates of a few days around the start: some pairs in both directions, some withdrawn, fallbacks that change.</summary>
public sealed class RandomRates(Random random, long start, int minutes)
{
    public static readonly string[] Currencies = ["EUR", "USD", "JPY"];

    public RateTable Next(int version)
    {
        int first = RateTable.DayOf(start) - 3;
        int days = minutes / (24 * 60) + 5;
        Dictionary<(int, string, string), RateRow> rows = [];
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            string from = Currencies[random.Next(3)];
            string to = Currencies[random.Next(3)];
            int day = first + random.Next(days);
            if (from != to)
                rows[(day, from, to)] = new(day, Currency.Parse(from), Currency.Parse(to), Rate());
        }
        return new([.. rows.Values], random.Next(4) == 0 ? random.Next(4) : null, version);
    }

    private ExchangeRate? Rate()
    {
        string text = random.Next(5) switch
        {
            0 => "0.5",
            1 => "155",
            2 => (random.Next(1, 100_000) / 1000m).ToString(CultureInfo.InvariantCulture),
            3 => "0.006451612903",
            _ => "none",
        };
        return ExchangeRate.TryParse(text, out ExchangeRate rate) ? rate : null;
    }
}
