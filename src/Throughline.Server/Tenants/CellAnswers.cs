using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;

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
            CellQuery.Resolve resolve => store.Machine.Reader.Resolve(resolve.Token) is { } found ? Resolved(found) : null,
            CellQuery.Decision decision => answers.Decision(decision.Id),
            CellQuery.Customer customer => answers.Customer(customer.Id),
            CellQuery.Conversion conversion => answers.Conversion(conversion.Id),
            CellQuery.Journey journey => answers.Journey(journey.CustomerId),
            CellQuery.Why why => new Explainer(store.Machine, store.History, store.ReadResult, eventId).Explain(why.Id)?.ToJson(),
            CellQuery.Campaigns => answers.Campaigns(),
            _ => throw new ArgumentOutOfRangeException(nameof(query)),
        };
    }

    public static byte[] Resolved(in Resolution resolution)
    {
        ArrayBufferWriter<byte> buffer = new(160);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("customer", resolution.Customer.ToString());
            json.WriteNumber("identifiers", resolution.Size);
            json.WriteString("since", DateTimeOffset.FromUnixTimeMilliseconds(resolution.Since).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static long PositionOf(TenantStore store, IEventKeys keys, string id) =>
        store.Machine.TryFindEvent(keys.EventId(Encoding.UTF8.GetBytes(id)), out long position)
            ? position
            : throw new InvalidDataException($"the committed event {id} is not found");
}
