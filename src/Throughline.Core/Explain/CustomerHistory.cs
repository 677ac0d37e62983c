using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// What happened to one customer, out of all results in their order: its own changes, and those of customers that took it in. Each has its
/// cause: the event, or the operator's word with its reason. Reads no state, so that it can run beside the writer.
/// </summary>
/// <param name="customer">The id that is asked for; it may have become another's.</param>
/// <param name="readEvent">Gives a stored event by its position.</param>
public sealed class CustomerHistory(Token customer, Func<long, byte[]> readEvent)
{
    /// <summary>Changes that an answer lists at most: the latest.</summary>
    public const int ListedMax = 1_000;

    private readonly Queue<(CustomerChange Change, int Revision, long Cause)> changes = new();
    private long total;

    /// <summary>Adds the ids of the customers that a result is about; none if it is about something else. Whoever notes those that name a customer need note no others.</summary>
    public static void AddCustomers(ReadOnlySpan<byte> bytes, List<Token> customers)
    {
        ResultRecord result = ResultRecord.FromTrusted(bytes);
        if (result.Kind != ResultKind.Customer || result.Version != ResultRecord.CurrentVersion)
            return;
        CustomerChange change = CustomerChange.Read(result);
        customers.Add(change.Now.Id);
        foreach (CustomerSnapshot before in change.Before)
            customers.Add(before.Id);
    }

    /// <summary>Looks at a result; to be called with all of them, in order.</summary>
    public void Note(ReadOnlySpan<byte> bytes)
    {
        ResultRecord result = ResultRecord.FromTrusted(bytes);
        if (result.Kind != ResultKind.Customer || result.Version != ResultRecord.CurrentVersion)
            return;
        CustomerChange change = CustomerChange.Read(result);
        if (change.Now.Id != customer && change.Before.All(before => before.Id != customer))
            return;
        changes.Enqueue((change, result.Revision, result.Cause));
        total++;
        if (changes.Count > ListedMax)
            changes.Dequeue();
    }

    /// <summary>All that was noted, oldest first; null if that is nothing.</summary>
    /// <param name="current">The customer that the id names now; null for none.</param>
    public byte[]? ToJson(Token? current) =>
        total == 0
            ? null
            : JsonAnswer.Write(json =>
            {
                json.WriteString("id", customer.ToString());
                if (current is { } now)
                    json.WriteString("customer", now.ToString());
                json.WriteNumber("total", total);
                json.WriteStartArray("changes");
                foreach ((CustomerChange change, int revision, long cause) in changes)
                    Write(json, change, revision, cause);
                json.WriteEndArray();
            });

    private void Write(Utf8JsonWriter json, CustomerChange change, int revision, long cause)
    {
        json.WriteStartObject();
        bool own = change.Now.Id == customer;
        json.WriteString("change", own ? Explainer.Snake(change.Kind) : WhatBecame(change));
        if (!own)
            json.WriteString("into", change.Now.Id.ToString());
        WriteChange(json, change);
        json.WriteString("result", $"customer-{change.Now.Id}-{revision}");
        WriteCause(json, cause, readEvent);
        json.WriteEndObject();
    }

    internal static void WriteChange(Utf8JsonWriter json, CustomerChange change)
    {
        json.WriteNumber("size", change.Now.Size);
        json.WriteStartArray("before");
        foreach (CustomerSnapshot before in change.Before)
        {
            json.WriteStartObject();
            json.WriteString("id", before.Id.ToString());
            json.WriteNumber("size", before.Size);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("founder", change.Now.Founder.Type);
        json.WriteString("since", Explainer.Iso(change.Now.Founder.FirstSeen));
    }

    // A result of another customer that names this one among those it came from.
    private static string WhatBecame(CustomerChange change) =>
        change.Kind == CustomerChangeKind.Merged ? "merged_into" : "continued_as";

    internal static void WriteCause(Utf8JsonWriter json, long position, Func<long, byte[]> readEvent)
    {
        EventRecord record = EventRecord.FromTrusted(readEvent(position));
        json.WriteStartObject("cause");
        json.WriteNumber("position", position);
        json.WriteString("event", record.Text(EventField.Id));
        json.WriteString(
            "type",
            record.Type == EventType.Nurture ? record.Text(EventField.Name) : Explainer.Snake(record.Type)
        );
        json.WriteString("time", Explainer.Iso(record.Time));
        if (record.TryGet(EventField.Document, out ReadOnlySpan<byte> document))
            WriteStatement(json, document);
        json.WriteEndObject();
    }

    private static void WriteStatement(Utf8JsonWriter json, ReadOnlySpan<byte> document)
    {
        Utf8JsonReader reader = new(document);
        using JsonDocument statement = JsonDocument.ParseValue(ref reader);
        foreach (string member in (ReadOnlySpan<string>)["kind", "reason", "note", "author"])
            if (
                statement.RootElement.TryGetProperty(member, out JsonElement text)
                && text.ValueKind == JsonValueKind.String
                && text.GetString() is { Length: > 0 } words
            )
                json.WriteString(member == "kind" ? "statement" : member, words);
    }
}
