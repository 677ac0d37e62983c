using System.Globalization;
using System.Text;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Server.Api;

/// <summary>An instant as people name it in a question: a day, RFC 3339 with an offset, or milliseconds since 1970.</summary>
public static class TimeParameter
{
    /// <summary>What it may be, for messages.</summary>
    public const string Form =
        "a day (2026-06-01), RFC 3339 text with an offset (2026-06-01T12:00:00Z) or milliseconds, in 1990 to 2199";

    /// <summary>Milliseconds since 1970; of a day, its first, UTC.</summary>
    public static bool TryParse(string text, out long time)
    {
        if (EventTime.TryParse(Encoding.UTF8.GetBytes(text), out time) == TimeStatus.Ok)
            return true;
        if (SpendKey.TryDay(text, out int day))
            time = day * CreditReportOptions.DayMs;
        else if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out time))
            return false;
        return EventTime.IsInRange(time);
    }
}
