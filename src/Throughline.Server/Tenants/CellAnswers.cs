using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Storage.Keys;

namespace Throughline.Server.Tenants;

/// <summary>Gives the answers of Core's readers as the API's JSON.</summary>
internal static class CellAnswers
{
    public static byte[]? Answer(TenantStore store, CellQuery query, IEventKeys keys)
    {
        Func<string, Token> eventId = id => keys.EventId(Encoding.UTF8.GetBytes(id));
        Answers answers = new(store.Machine, store.History, store.ReadResult, eventId);
        return query switch
        {
            CellQuery.Decision decision => answers.Decision(decision.Id),
            CellQuery.Customer customer => answers.Customer(customer.Id),
            CellQuery.Conversion conversion => answers.Conversion(conversion.Id),
            CellQuery.Journey journey => answers.Journey(journey.CustomerId),
            CellQuery.Why why => new Explainer(
                store.Machine,
                store.History,
                store.ReadResult,
                eventId,
                keys is ITenantKeys opener ? new DecisionWhy(store, opener).Explain : null
            )
                .Explain(why.Id)
                ?.ToJson(),
            CellQuery.Campaigns => answers.Campaigns(),
            CellQuery.AttributionRules => RuleAnswers.All(store.Machine),
            CellQuery.AttributionDrafts => RuleAnswers.Drafts(store.Machine),
            CellQuery.AttributionDraft draft => RuleAnswers.Draft(store.Machine, store.History, draft.Name),
            CellQuery.Rates rates => RateAnswers.All(store.Machine, rates.Since),
            CellQuery.Strategies => Identity(store).Strategies(),
            CellQuery.IdentifierTypes => new TypeAnswers(store.Machine).Types(),
            CellQuery.WhyPair pair => Identity(store).Why(pair.A, pair.B),
            CellQuery.IdentitySettings => store.Machine.IdentitySettings.ToJson(),
            CellQuery.State => State(store),
            CellQuery.IsErased erased => JsonSerializer.SerializeToUtf8Bytes(
                Token.TryParse(erased.CustomerId, out Token id) && store.Machine.IsErasedCustomer(id)
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };
    }

    private static IdentityAnswers Identity(TenantStore store) => new(store.Machine, store.History);

    public static byte[] Resolved(CustomerView customer, IReadOnlyList<OpenedTrait>? traits)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("customer", customer.Customer.ToString());
            json.WriteNumber("identifiers", customer.Size);
            json.WriteString("since", EventTime.ToText(customer.Since));
            json.WriteString("lastSeen", EventTime.ToText(customer.LastSeen));
            json.WriteNumber("conversions", customer.Conversions);
            if (customer.LastConversion is { } last)
                json.WriteString("lastConversion", EventTime.ToText(last));
            json.WriteStartArray("tokens");
            foreach ((string type, Token token) in customer.Identifiers)
            {
                json.WriteStartObject();
                json.WriteString("type", type);
                json.WriteString("token", token.ToString());
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (traits is not null)
                WriteTraits(json, traits);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTraits(Utf8JsonWriter json, IReadOnlyList<OpenedTrait> traits)
    {
        json.WriteStartObject("traits");
        foreach (OpenedTrait trait in traits)
        {
            json.WriteStartObject(trait.Pick.Name);
            json.WritePropertyName("value");
            json.WriteRawValue(trait.Value);
            json.WriteString("time", EventTime.ToText(trait.Pick.Time));
            if (trait.Pick.Source.Length > 0)
                json.WriteString("source", trait.Pick.Source);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static byte[] Replayed(ReplayOrder order, long events, TimeSpan elapsed, Token digest, Token stored) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ReplayAnswer(
                order == ReplayOrder.Log ? "log" : "time",
                events,
                Math.Round(elapsed.TotalSeconds, 3, MidpointRounding.ToEven),
                elapsed > TimeSpan.Zero ? Math.Round(events / elapsed.TotalSeconds, MidpointRounding.ToEven) : 0,
                digest.ToString(),
                digest == stored
            ),
            JsonSerializerOptions.Web
        );

    private static byte[] State(TenantStore store) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StateAnswer(
                store.Machine.NextPosition,
                store.Machine.NextResult,
                store.Machine.HasBacklog,
                store.Machine.Watermark is { } watermark ? EventTime.ToText(watermark) : null,
                store.Machine.ResultsDigest().ToString()
            ),
            JsonSerializerOptions.Web
        );

    public static long PositionOf(TenantStore store, IEventKeys keys, string id) =>
        store.Machine.TryFindEvent(keys.EventId(Encoding.UTF8.GetBytes(id)), out long position)
            ? position
            : throw new InvalidDataException($"the committed event {id} is not found");
}

/// <summary>How far a tenant is.</summary>
/// <param name="Events">Accepted events, the platform's own among them.</param>
/// <param name="Results">Results published so far, all revisions.</param>
/// <param name="Backlog">Conversions wait to be evaluated again.</param>
/// <param name="Watermark">Greatest event time.</param>
/// <param name="ResultsDigest">Of all current results; equal for equal sets of events once there is no backlog.</param>
internal sealed record StateAnswer(long Events, long Results, bool Backlog, string? Watermark, string ResultsDigest);

/// <summary>What a replay gave.</summary>
/// <param name="Identical">The replay's digest is that of the stored results.</param>
internal sealed record ReplayAnswer(
    string Order,
    long Events,
    double Seconds,
    double EventsPerSecond,
    string Digest,
    bool Identical
);
