using System.Globalization;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Rates;

/// <summary>What one unit of a currency was worth on a day (UTC).</summary>
/// <param name="Day">Days since 1970.</param>
/// <param name="Rate">Units of <paramref name="To"/> for one of <paramref name="From"/>; null: the rate of that day is withdrawn.</param>
public readonly record struct RateRow(int Day, Currency From, Currency To, ExchangeRate? Rate);

/// <summary>
/// One publication of exchange rates. Tables are laid over one another: a row holds until a later publication has the same day and
/// currencies, so that a day's rates can be published when the day is over.
/// </summary>
/// <param name="FallbackDays">How many days back a rate may come from; null: as before.</param>
/// <param name="Version">Counts the tenant's publications, from 1.</param>
public sealed record RateTable(
    IReadOnlyList<RateRow> Rows,
    int? FallbackDays = null,
    int Version = 1,
    string Author = "",
    string Note = ""
)
{
    /// <summary>Rows of one publication.</summary>
    public const int RowsMax = 50_000;

    /// <summary>Different (day, from, to) of a tenant.</summary>
    public const int TenantRowsMax = 500_000;

    /// <summary>Over weekends and holidays there are no rates: unless told otherwise the last one of so many days before holds.</summary>
    public const int FallbackUsual = 7;
    public const int FallbackMax = 31;

    internal const long DayMs = 24L * 60 * 60 * 1000;

    /// <summary>The day (UTC) of an instant, milliseconds since 1970.</summary>
    public static int DayOf(long time) => (int)Math.Floor(time / (double)DayMs);

    /// <summary><c>2026-05-31</c>.</summary>
    public static string TextOf(int day) =>
        DateOnly.FromDayNumber(day + Epoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day from 1990 to 2199, as events may be of.</summary>
    public static bool TryParseDay(ReadOnlySpan<char> text, out int day)
    {
        day = 0;
        if (
            !DateOnly.TryParseExact(
                text,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly date
            )
        )
            return false;
        day = date.DayNumber - Epoch;
        return date.Year is >= 1990 and <= 2199;
    }

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
}
