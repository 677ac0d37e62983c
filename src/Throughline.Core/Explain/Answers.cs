using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>
/// Answers about single subjects, as JSON. For the writer's thread, between events. Identifiers appear as tokens: nothing
/// sealed is opened here.
/// </summary>
public sealed class Answers(
    TenantMachine machine,
    IHistory history,
    Func<long, byte[]> readResult,
    Func<string, Token> eventId
)
{
    /// <summary>Entries that a journey holds at most: the newest.</summary>
    public const int MaxJourney = 10_000;

    private readonly IdentityGraph graph = machine.Parts.Graph;
    private readonly AttributionLens attribution = machine.Parts.Attribution;

    public byte[]? Customer(string id)
    {
        if (Founder(id) is not { } founder)
            return null;
        CustomerState state = graph.Groups.StateOf(founder);
        return JsonAnswer.Write(json =>
        {
            Token current = state.Size == 0 ? default : graph.Groups.IdOf(state.Founder);
            json.WriteString("id", id);
            json.WriteString(
                "status",
                state.Size > 0 ? "current"
                    : graph.Identifiers[founder].IsSeen ? "no_customer"
                    : "erased"
            );
            if (state.Size == 0)
                return;
            json.WriteString("customer", current.ToString());
            json.WriteString("since", Explainer.Iso(state.Since));
            json.WriteNumber("size", state.Size);
            json.WriteStartArray("identifiers");
            foreach (int member in graph.Groups.MembersOf(state.Founder))
            {
                ref readonly IdentifierRow row = ref graph.Identifiers[member];
                json.WriteStartObject();
                json.WriteString("type", machine.Parts.Names.IdentifierTypes.Text(row.Type));
                json.WriteString("token", row.Token.ToString());
                json.WriteString("firstSeen", Explainer.Iso(row.FirstSeen));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public byte[]? Decision(string id)
    {
        if (!machine.TryFindEvent(eventId(id), out long position))
            return null;
        EventRecord record = EventRecord.FromTrusted(history.Read(position));
        int row = machine.Parts.Verdicts.Find(Actor.Of(record), VerdictPolicy.BucketOf(record.Time));
        if (!record.Type.IsObservation() || row < 0 || !machine.Parts.Verdicts.Actors[row].Result.Exists)
            return null;
        DecisionAction action = DecisionExplainer.ActionOf(record, machine.Parts.Verdicts.Actors[row].Verdict);
        string time = Explainer.Iso(record.Time);
        ResultRecord stored = ResultRecord.FromTrusted(readResult(machine.Parts.Verdicts.Actors[row].Result.Sequence));
        VerdictResult result = VerdictResult.Read(stored);
        (string resultId, int revision) = (stored.Id, stored.Revision);
        return JsonAnswer.Write(json =>
        {
            json.WriteString("id", id);
            json.WriteString("time", time);
            json.WriteString("action", Explainer.Snake(action));
            json.WriteString("verdict", Explainer.Snake(result.Verdict));
            json.WriteString("reason", Explainer.Snake(result.Reason));
            json.WriteString("bucket", Explainer.Iso(result.Bucket * VerdictPolicy.BucketMs));
            json.WriteString("result", resultId);
            json.WriteNumber("revision", revision);
        });
    }

    public byte[]? Conversion(string id)
    {
        if (ConversionExplainer.Read(machine, readResult, eventId(id), out int revision) is not { } conversion)
            return null;
        int row = attribution.FindConversion(eventId(id));
        int owner = attribution.Conversions[row].Owner;
        return JsonAnswer.Write(json => WriteConversion(json, id, conversion, revision, owner));
    }

    /// <summary>A customer's touches and conversions, oldest first.</summary>
    public byte[]? Journey(string customer)
    {
        if (Founder(customer) is not { } founder || graph.Groups.StateOf(founder).Size == 0)
            return null;
        List<(long Time, long Position, int Touch, int Conversion)> entries = [];
        foreach (int member in graph.Groups.MembersOf(founder))
        {
            for (
                int next = graph.Identifiers[member].Touches;
                next != 0;
                next = attribution.Touches[next - 1].NextOfOwner
            )
                entries.Add((attribution.Touches[next - 1].Time, attribution.Touches[next - 1].Position, next - 1, -1));
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0;
                next = attribution.Conversions[next - 1].NextOfOwner
            )
                entries.Add(
                    (attribution.Conversions[next - 1].Time, attribution.Conversions[next - 1].Position, -1, next - 1)
                );
        }
        entries.Sort();
        return JsonAnswer.Write(json =>
        {
            json.WriteString("customer", graph.Groups.IdOf(graph.Groups.StateOf(founder).Founder).ToString());
            json.WriteNumber("total", entries.Count);
            json.WriteStartArray("entries");
            foreach ((long _, long position, int touch, int conversion) in entries.Skip(entries.Count - MaxJourney))
                WriteEntry(json, position, touch, conversion);
            json.WriteEndArray();
        });
    }

    public byte[] Campaigns() =>
        JsonAnswer.Write(json =>
        {
            json.WriteStartArray("campaigns");
            foreach (
                CampaignRule rule in machine
                    .Campaigns.OrderBy(rule => rule.Campaign, StringComparer.Ordinal)
                    .ThenBy(rule => rule.Version)
            )
            {
                json.WriteStartObject();
                json.WriteString("campaign", rule.Campaign);
                json.WriteNumber("version", rule.Version);
                json.WriteNumber("windowMs", rule.WindowMs);
                json.WriteString("model", Explainer.Snake(rule.Model));
                json.WriteNumber("priority", rule.Priority);
                json.WriteString("group", rule.Group);
                WriteInstant(json, "validFrom", rule.ValidFrom, 0);
                WriteInstant(json, "validTo", rule.ValidTo, long.MaxValue);
                json.WriteBoolean("restate", rule.Restate);
                json.WriteString("published", Explainer.Iso(rule.Published));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    private static void WriteInstant(Utf8JsonWriter json, string name, long time, long open)
    {
        if (time == open)
            json.WriteNull(name);
        else
            json.WriteString(name, Explainer.Iso(time));
    }

    private int? Founder(string id) =>
        Token.TryParse(id, out Token token) && graph.Groups.FindFounder(token) is >= 0 and int founder ? founder : null;

    private void WriteConversion(Utf8JsonWriter json, string id, ConversionCase conversion, int revision, int owner)
    {
        json.WriteString("id", id);
        json.WriteString("status", Explainer.Snake(conversion.Status));
        json.WriteString("kind", conversion.Kind);
        json.WriteString("time", Explainer.Iso(conversion.Time));
        json.WriteNumber("minor", conversion.Minor);
        json.WriteNumber("refunded", conversion.Refunded);
        if (conversion.Currency != 0)
            json.WriteString(
                "currency",
                [
                    (char)(conversion.Currency & 0xff),
                    (char)(conversion.Currency >> 8 & 0xff),
                    (char)(conversion.Currency >> 16 & 0xff),
                ]
            );
        if (graph.CustomerOf(owner) is { Size: > 0 } customer)
            json.WriteString("customer", graph.Groups.IdOf(customer.Founder).ToString());
        if (conversion.DuplicateOf >= 0)
            json.WriteString("duplicateOf", Explainer.EventIdAt(history, conversion.DuplicateOf));
        json.WriteNumber("revision", revision);
        json.WriteString("finality", machine.IsFinal(conversion.Time) ? "final" : "open");
        CreditAnswers.Write(json, conversion, position => Explainer.EventIdAt(history, position));
    }

    private void WriteEntry(Utf8JsonWriter json, long position, int touch, int conversion)
    {
        EventRecord record = EventRecord.FromTrusted(history.Read(position));
        json.WriteStartObject();
        json.WriteString("id", record.Text(EventField.Id));
        json.WriteString(
            "type",
            record.Type == EventType.Nurture ? record.Text(EventField.Name) : Explainer.Snake(record.Type)
        );
        json.WriteString("time", Explainer.Iso(record.Time));
        int bucket = touch >= 0 ? attribution.Touches[touch].Bucket : attribution.Conversions[conversion].Bucket;
        json.WriteString("verdict", Explainer.Snake(machine.Parts.Verdicts.Actors[bucket].Verdict));
        if (record.Text(EventField.Campaign) is { } campaign)
            json.WriteString("campaign", campaign);
        if (conversion >= 0 && attribution.Conversions[conversion].Result.Exists)
        {
            ConversionCase found = ConversionResult.Read(
                ResultRecord.FromTrusted(readResult(attribution.Conversions[conversion].Result.Sequence))
            );
            json.WriteString("status", Explainer.Snake(found.Status));
            json.WriteNumber("minor", found.Minor);
            json.WriteNumber("attributed", found.Candidates.Sum(candidate => candidate.Minor));
        }
        json.WriteEndObject();
    }
}
