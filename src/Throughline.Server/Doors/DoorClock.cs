using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Server.Doors;

/// <summary>
/// When an event happened, by a sender's clock that may be wrong. Segment and Snowplow give one formula
/// (https://segment.com/docs/connections/spec/common/#timestamps, https://docs.snowplow.io/docs/events/timestamps):
/// <code>
/// time = received - (sent - created)
/// </code>
/// It takes the way of the message for a fault of the clock, and so moves an event a little each time it is sent. A clock that seems
/// off by no more than the tenant's tolerance is therefore believed: an event that is sent again has its time again.
/// </summary>
internal static class DoorClock
{
    /// <param name="created">By the sender's clock, milliseconds.</param>
    /// <param name="sent">By the same clock; null: unknown.</param>
    /// <param name="received">By ours.</param>
    /// <param name="toleranceMs">0: the formula always holds.</param>
    /// <remarks>Nothing leaves before it exists: a time of sending that says so is of another clock, and is not used.</remarks>
    public static long Correct(long created, long? sent, long received, int toleranceMs) =>
        sent is { } left && left >= created - toleranceMs && Math.Abs(received - left) > toleranceMs
            ? received - (left - created)
            : created;

    /// <summary>Sets the time of a fact.</summary>
    /// <param name="created">Text of RFC 3339 or milliseconds; what is neither is left for the check of events to refuse.</param>
    /// <param name="sent">The same; what is neither is not there.</param>
    public static void Set(DoorFact fact, FactValue created, FactValue sent, long received, int toleranceMs)
    {
        fact.SentTime = created;
        if (!created.IsThere)
            (fact.Time, fact.IsTimeOurs) = (received, true);
        else if (TryRead(created.Element, out long at))
        {
            fact.Time = Correct(at, TryRead(sent.Element, out long left) ? left : null, received, toleranceMs);
            fact.IsTimeOurs = fact.Time != at;
        }
        if (fact.Time is { } time && !EventTime.IsInRange(time) && TryRead(created.Element, out long own))
            (fact.Time, fact.IsTimeOurs) = (own, false); // a correction into nowhere is none
    }

    private static bool TryRead(JsonElement value, out long time)
    {
        time = 0;
        return value.ValueKind switch
        {
            JsonValueKind.String => Api.ObjectReader.TextOf(value) is { } text
                && (
                    EventTime.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out time) == TimeStatus.Ok
                    || (
                        long.TryParse(text, System.Globalization.NumberStyles.None, null, out time)
                        && EventTime.IsInRange(time)
                    )
                ),
            JsonValueKind.Number => value.TryGetInt64(out time) && EventTime.IsInRange(time),
            _ => false,
        };
    }
}
