using System.Globalization;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>A place in a customer's timeline: later entries follow it.</summary>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Position">Of the event, or of what caused a change, in the log.</param>
/// <param name="IsChange">Of the customer; it comes after the event that caused it.</param>
public readonly record struct TimelinePlace(long Time, long Position, bool IsChange) : IComparable<TimelinePlace>
{
    public static TimelinePlace Start { get; } = new(long.MinValue, -1, false);

    public int CompareTo(TimelinePlace other) =>
        (Time, Position, IsChange).CompareTo((other.Time, other.Position, other.IsChange));

    /// <summary>As addresses have it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Time}-{Position}{(IsChange ? "-change" : "")}");

    public static bool TryParse(string text, out TimelinePlace place)
    {
        place = Start;
        string[] parts = text.Split('-');
        bool isChange = parts is [_, _, "change"];
        if (
            (parts.Length != 2 && !isChange)
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long position)
        )
            return false;
        place = new(time, position, isChange);
        return true;
    }
}

/// <summary>
/// One page of all that is known of a customer in time order: every event that shows one of its identifiers, what its actor was, what it earned,
/// and how the customer changed. Made on the writer's thread, between events; then results are shown to it, then events, in their order, on any
/// one thread: it says which it needs, others do no harm. Only the page is kept.
/// </summary>
public sealed class TimelineAnswers
{
    /// <summary>Entries of a page at most.</summary>
    public const int LimitMax = 1_000;

    private readonly Token id;
    private readonly Token current;
    private readonly TimelinePlace after;
    private readonly int limit;
    private readonly HashSet<Token> identifiers = [];
    private readonly Dictionary<long, (CustomerChange Change, int Revision)> changes = []; // by cause
    private readonly Dictionary<long, ConversionCase> cases = []; // by position
    private readonly Dictionary<long, List<(long Conversion, long Minor, long Net, int Currency)>> earned = []; // by position
    private readonly PriorityQueue<(TimelinePlace Place, byte[] Record), TimelinePlace> page = new(
        Comparer<TimelinePlace>.Create((x, y) => y.CompareTo(x))
    );
    private readonly CreditView credit;
    private readonly HashSet<long> sequences = [];
    private long total;

    private TimelineAnswers(TenantMachine machine, Token id, int founder, TimelinePlace after, int limit)
    {
        IdentityGraph graph = machine.Parts.Graph;
        AttributionLens lens = machine.Parts.Attribution;
        (this.id, this.after, this.limit) = (id, after, limit);
        current = graph.Groups.IdOf(founder);
        credit = new(machine);
        foreach (int member in graph.Groups.MembersOf(founder))
        {
            identifiers.Add(graph.Identifiers[member].Token);
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0;
                next = lens.Conversions[next - 1].NextOfOwner
            )
                if (lens.Conversions[next - 1].Result.Exists)
                    sequences.Add(lens.Conversions[next - 1].Result.Sequence);
        }
    }

    /// <summary>Of the customer that an id names now; null if there is none.</summary>
    public static TimelineAnswers? Of(TenantMachine machine, Token id, TimelinePlace after, int limit)
    {
        CustomerGroups groups = machine.Parts.Graph.Groups;
        return groups.FindFounder(id) is >= 0 and int founder && groups.StateOf(founder) is { Size: > 0 } state
            ? new(machine, id, state.Founder, after, limit)
            : null;
    }

    /// <summary>All events before it that show one of the <see cref="Identifiers"/> are to be shown.</summary>
    public long Position => credit.Position;

    /// <summary>All results before it that name one of the <see cref="Customers"/> are to be shown.</summary>
    public long NextResult => credit.NextResult;

    public IReadOnlyCollection<Token> Identifiers => identifiers;

    /// <summary>The id that was asked for, and that of today.</summary>
    public IReadOnlyCollection<Token> Customers => id == current ? [id] : [id, current];

    /// <summary>Sequences of other results that are to be shown: of conversions.</summary>
    public IReadOnlyCollection<long> Results => sequences;

    /// <summary>Positions of other events that are to be shown, known once the results were: of what changed the customer.</summary>
    public IReadOnlyCollection<long> Causes => changes.Keys;

    /// <summary>Looks at a result.</summary>
    public void Note(long sequence, ReadOnlySpan<byte> bytes)
    {
        ResultRecord result = ResultRecord.FromTrusted(bytes);
        if (result.Version != ResultRecord.CurrentVersion)
            return;
        if (result.Kind == ResultKind.Customer)
        {
            CustomerChange change = CustomerChange.Read(result);
            if (IsOwn(change.Now.Id) || change.Before.Any(before => IsOwn(before.Id)))
                changes[result.Cause] = (change, result.Revision);
        }
        else if (sequences.Contains(sequence))
            Note(ConversionResult.Read(result));
    }

    /// <summary>Looks at an event, once the results were looked at.</summary>
    public void Note(long position, in EventRecord record)
    {
        if (Shows(record))
            Keep(new(record.Time, position, false), record);
        if (changes.ContainsKey(position))
            Keep(new(record.Time, position, true), record);
    }

    /// <summary>The stored events of the page, oldest first.</summary>
    public IReadOnlyList<byte[]> Records => [.. Entries().Select(x => x.Record)];

    /// <summary>The page.</summary>
    /// <param name="verdicts">Of the actors of <see cref="Records"/>.</param>
    /// <param name="ids">Ids of events, by position.</param>
    public byte[] ToJson(IReadOnlyList<Verdict> verdicts, Func<long, string?> ids)
    {
        (TimelinePlace Place, byte[] Record)[] entries = Entries();
        return JsonAnswer.Write(json =>
        {
            json.WriteString("id", id.ToString());
            json.WriteString("customer", current.ToString());
            json.WriteNumber("asOfPosition", Position);
            json.WriteNumber("identifiers", identifiers.Count);
            json.WriteNumber("following", total);
            json.WriteStartArray("entries");
            for (int i = 0; i < entries.Length; i++)
            {
                json.WriteStartObject();
                if (entries[i].Place.IsChange)
                    WriteChange(json, entries[i].Place);
                else
                    WriteEvent(json, entries[i].Place, EventRecord.FromTrusted(entries[i].Record), verdicts[i], ids);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (total > entries.Length)
                json.WriteString("next", entries[^1].Place.ToString());
        });
    }

    private (TimelinePlace Place, byte[] Record)[] Entries() =>
        [.. page.UnorderedItems.Select(x => x.Element).OrderBy(x => x.Place)];

    private bool IsOwn(Token customer) => customer == id || customer == current;

    private bool Shows(in EventRecord record)
    {
        for (int i = 0; i < record.IdentifierCount; i++)
            if (identifiers.Contains(record.Identifier(i).Token))
                return true;
        return false;
    }

    // The least of those that follow: the greatest of them is the first to go.
    private void Keep(TimelinePlace place, in EventRecord record)
    {
        if (place.CompareTo(after) <= 0)
            return;
        total++;
        if (page.Count < limit)
            page.Enqueue((place, record.Bytes.ToArray()), place);
        else if (page.Peek().Place.CompareTo(place) > 0)
        {
            page.Dequeue();
            page.Enqueue((place, record.Bytes.ToArray()), place);
        }
    }

    private void Note(ConversionCase conversion)
    {
        cases[conversion.Position] = conversion;
        foreach (Candidate candidate in conversion.Candidates)
        {
            if (candidate.Reason != TouchReason.Credited)
                continue;
            if (!earned.TryGetValue(candidate.Position, out var list))
                earned.Add(candidate.Position, list = []);
            list.Add(
                (conversion.Position, candidate.Minor, candidate.Net, credit.ShareOf(candidate, conversion).Currency)
            );
        }
    }

    private void WriteEvent(
        Utf8JsonWriter json,
        TimelinePlace place,
        in EventRecord record,
        Verdict verdict,
        Func<long, string?> ids
    )
    {
        json.WriteString("id", record.Text(EventField.Id));
        json.WriteString(
            "type",
            record.Type == EventType.Nurture ? record.Text(EventField.Name) : Explainer.Snake(record.Type)
        );
        json.WriteString("time", Explainer.Iso(record.Time));
        json.WriteNumber("position", place.Position);
        if (record.Type.IsObservation())
            json.WriteString("verdict", Explainer.Snake(verdict));
        foreach (
            (string name, EventField field) in (ReadOnlySpan<(string, EventField)>)
                [
                    ("campaign", EventField.Campaign),
                    ("channel", EventField.Channel),
                    ("creative", EventField.Creative),
                    ("placement", EventField.Placement),
                    ("kind", EventField.Kind),
                    ("orderId", EventField.OrderId),
                ]
        )
            if (record.Text(field) is { } text)
                json.WriteString(name, text);
        if (cases.TryGetValue(place.Position, out ConversionCase? conversion))
            WriteCase(json, conversion);
        if (!earned.TryGetValue(place.Position, out var credits))
            return;
        json.WriteStartArray("earned");
        foreach ((long position, long minor, long net, int currency) in credits.Order())
        {
            json.WriteStartObject();
            json.WriteString("conversion", ids(position));
            json.WriteNumber("minor", minor);
            json.WriteNumber("net", net);
            json.WriteString("currency", CreditRows.CodeOf(currency));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCase(Utf8JsonWriter json, ConversionCase conversion)
    {
        json.WriteString("status", Explainer.Snake(conversion.Status));
        json.WriteNumber("minor", conversion.Minor);
        json.WriteNumber("refunded", conversion.Refunded);
        json.WriteString("currency", CreditRows.CodeOf(conversion.Currency));
        json.WriteNumber("candidates", conversion.Candidates.Count);
        json.WriteNumber("attributed", conversion.Candidates.Sum(candidate => candidate.Minor));
    }

    private void WriteChange(Utf8JsonWriter json, TimelinePlace place)
    {
        (CustomerChange change, int revision) = changes[place.Position];
        json.WriteString("type", "customer_change");
        json.WriteString("change", Explainer.Snake(change.Kind));
        json.WriteString("time", Explainer.Iso(place.Time));
        json.WriteNumber("position", place.Position);
        json.WriteString("customer", change.Now.Id.ToString());
        json.WriteNumber("size", change.Now.Size);
        json.WriteStartArray("before");
        foreach (CustomerSnapshot before in change.Before)
            json.WriteStringValue(before.Id.ToString());
        json.WriteEndArray();
        json.WriteString("result", $"customer-{change.Now.Id}-{revision}");
    }
}
