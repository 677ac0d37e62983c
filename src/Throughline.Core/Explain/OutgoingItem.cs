using System.Text.Json;
using Throughline.Core.Alarms;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// One result, decision or alarm as receivers outside get it. Made of what is stored alone, so that it is the same whenever it is made, and
/// beside the writer. Nothing sealed is in it: identifiers appear as tokens.
/// </summary>
/// <param name="Id">The same for ever: whoever gets it twice can tell.</param>
/// <param name="Type"><c>decision.deny</c>, <c>customer.merged</c>, <c>attribution.attributed</c>, <c>alarm.brake</c>.</param>
/// <param name="Time">When what it tells of happened; milliseconds since 1970.</param>
/// <param name="Data">A JSON object.</param>
public sealed record OutgoingItem(string Id, string Type, long Time, byte[] Data)
{
    public const string DecisionKind = "decision";
    public const string CustomerKind = "customer";
    public const string AttributionKind = "attribution";
    public const string AlarmKind = "alarm";

    /// <summary>Of a stored result; null: it is of a kind that nobody gets, or of a form that this version does not read.</summary>
    /// <param name="readEvent">Gives a stored event by its position.</param>
    public static OutgoingItem? OfResult(ReadOnlySpan<byte> bytes, Func<long, byte[]> readEvent)
    {
        ArgumentNullException.ThrowIfNull(readEvent);
        ResultRecord result = ResultRecord.FromTrusted(bytes);
        if (result.Version != ResultRecord.CurrentVersion)
            return null;
        return result.Kind switch
        {
            ResultKind.Customer => OfCustomer(result, readEvent),
            ResultKind.Conversion => OfConversion(result, readEvent),
            _ => null,
        };
    }

    /// <summary>Of a control event that raises or clears an alarm; null if it does not.</summary>
    public static OutgoingItem? OfAlarm(in EventRecord record)
    {
        if (!record.TryGet(EventField.Document, out ReadOnlySpan<byte> json))
            return null;
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.GetProperty("kind").GetString() != ControlDocument.AlarmKind)
            return null;
        Alarm alarm = Alarm.ReadDocument(document.RootElement);
        string state = alarm.Until is null ? "raised" : "cleared";
        return new(
            $"{alarm.Id}-{state}",
            $"{AlarmKind}.{alarm.Kind}",
            alarm.Until ?? alarm.Since,
            JsonAnswer.Write(answer =>
            {
                answer.WriteString("state", state);
                AlarmAnswers.WriteMembers(answer, alarm);
            })
        );
    }

    private static OutgoingItem OfCustomer(in ResultRecord result, Func<long, byte[]> readEvent)
    {
        CustomerChange change = CustomerChange.Read(result);
        (int revision, long cause) = (result.Revision, result.Cause);
        return new(
            result.Id,
            $"{CustomerKind}.{Explainer.Snake(change.Kind)}",
            EventRecord.FromTrusted(readEvent(cause)).Time,
            JsonAnswer.Write(json =>
            {
                json.WriteString("customer", change.Now.Id.ToString());
                json.WriteNumber("revision", revision);
                CustomerHistory.WriteChange(json, change);
                CustomerHistory.WriteCause(json, cause, readEvent);
            })
        );
    }

    private static OutgoingItem OfConversion(in ResultRecord result, Func<long, byte[]> readEvent)
    {
        ConversionCase conversion = ConversionResult.Read(result);
        (string id, int revision) = (result.Id, result.Revision);
        return new(
            id,
            $"{AttributionKind}.{Explainer.Snake(conversion.Status)}",
            conversion.Time,
            JsonAnswer.Write(json => Write(json, conversion, revision, readEvent))
        );
    }

    private static void Write(
        Utf8JsonWriter json,
        ConversionCase conversion,
        int revision,
        Func<long, byte[]> readEvent
    )
    {
        string IdAt(long position) => EventRecord.FromTrusted(readEvent(position)).Text(EventField.Id) ?? "";
        json.WriteString("conversion", IdAt(conversion.Position));
        json.WriteNumber("revision", revision);
        json.WriteString("status", Explainer.Snake(conversion.Status));
        json.WriteString("kind", conversion.Kind);
        json.WriteString("time", Explainer.Iso(conversion.Time));
        json.WriteNumber("minor", conversion.Minor);
        json.WriteNumber("refunded", conversion.Refunded);
        if (conversion.Currency != 0)
            json.WriteString("currency", CreditDifference.CodeOf(conversion.Currency));
        if (conversion.DuplicateOf >= 0)
            json.WriteString("duplicateOf", IdAt(conversion.DuplicateOf));
        CreditAnswers.Write(json, conversion, IdAt);
    }
}

/// <summary>Alarms as JSON.</summary>
public static class AlarmAnswers
{
    /// <summary>Those that stand, by kind and subject, and the latest that were cleared, latest first.</summary>
    /// <param name="clearedMax">Of those at most.</param>
    public static byte[] All(AlarmBook book, int clearedMax)
    {
        ArgumentNullException.ThrowIfNull(book);
        return JsonAnswer.Write(json =>
        {
            json.WriteStartArray("alarms");
            foreach (Alarm alarm in book.Standing)
                WriteOne(json, alarm);
            json.WriteEndArray();
            json.WriteStartArray("cleared");
            foreach (Alarm alarm in book.Cleared.Reverse().Take(clearedMax))
                WriteOne(json, alarm);
            json.WriteEndArray();
            json.WriteStartObject("settings");
            json.WriteNumber("silenceHours", book.Settings.SilenceHours);
            json.WriteEndObject();
        });
    }

    internal static void WriteMembers(Utf8JsonWriter json, Alarm alarm)
    {
        json.WriteString("alarm", alarm.Id);
        json.WriteString("kind", alarm.Kind);
        json.WriteString("subject", alarm.Subject);
        json.WriteString("since", EventTime.ToText(alarm.Since));
        if (alarm.Until is { } until)
            json.WriteString("until", EventTime.ToText(until));
        if (alarm.Value is { } value)
            json.WriteNumber("value", value);
        if (alarm.Limit is { } limit)
            json.WriteNumber("limit", limit);
        json.WriteString("explanation", alarm.Explanation);
    }

    private static void WriteOne(Utf8JsonWriter json, Alarm alarm)
    {
        json.WriteStartObject();
        WriteMembers(json, alarm);
        json.WriteEndObject();
    }
}
