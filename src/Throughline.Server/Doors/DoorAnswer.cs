using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Ingest;

namespace Throughline.Server.Doors;

/// <summary>
/// What a door answers once all is durable:
/// <code>
/// {"success":true,"accepted":2,"duplicates":0,"ignored":0,"rejected":1,
///  "rejections":[{"index":1,"id":"m2","reason":"…","pointer":"/batch/1/…","message":"…"}],
///  "leftOut":[{"index":0,"reason":"…","pointer":"/batch/0/context/traits/phone","message":"…"}]}
/// </code>
/// Lists that would be empty are not there. Status 200 even so: a sender that is told otherwise sends all of it again, or drops it.
/// </summary>
internal class DoorAnswer
{
    private const int ListMax = 100;

    private readonly ArrayBufferWriter<byte> buffer = new();

    public virtual void Prepare(DoorBatch batch, DoorResults results, ResultList events)
    {
        using Utf8JsonWriter json = new(buffer, JsonWriting.Options);
        json.WriteStartObject();
        json.WriteBoolean("success"u8, true);
        json.WriteNumber("accepted"u8, events.Accepted);
        json.WriteNumber("duplicates"u8, events.Duplicates);
        json.WriteNumber("ignored"u8, results.Ignored);
        json.WriteNumber("rejected"u8, events.Rejected);
        if (events.Rejected > 0)
            WriteRejections(json, batch, results, events);
        if (results.LeftOut.Count > 0)
        {
            json.WriteStartArray("leftOut"u8);
            foreach ((int index, Rejection part) in results.LeftOut.Take(ListMax))
                WriteOne(json, index, default, part, withId: false);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    public virtual async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static void WriteRejections(Utf8JsonWriter json, DoorBatch batch, DoorResults results, ResultList events)
    {
        int told = 0;
        json.WriteStartArray("rejections"u8);
        for (int i = 0; i < events.Count && told < ListMax; i++)
        {
            if (events[i].Outcome != EventOutcome.Rejected)
                continue;
            told++;
            int index = results.IndexOf(i);
            Rejection rejection = events.Rejection(events[i]);
            if (ResultList.IsLate(rejection))
                rejection = DoorResults.Told(rejection, batch, index);
            WriteOne(json, index, events.Id(events[i]), rejection, withId: true);
        }
        json.WriteEndArray();
    }

    private static void WriteOne(
        Utf8JsonWriter json,
        int index,
        ReadOnlySpan<byte> id,
        Rejection rejection,
        bool withId
    )
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        if (withId)
            json.WriteString("id"u8, id.IsEmpty ? null : Encoding.UTF8.GetString(id));
        json.WriteString("reason"u8, rejection.Reason.Code());
        json.WriteString("pointer"u8, rejection.Pointer);
        json.WriteString("message"u8, rejection.Message);
        json.WriteEndObject();
    }
}
