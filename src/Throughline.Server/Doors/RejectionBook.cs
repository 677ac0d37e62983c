using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Doors;

/// <param name="Time">When it was refused, milliseconds.</param>
/// <param name="IsPartial">The event was taken without this part.</param>
internal sealed record BookedRejection(long Time, string Door, byte[] Id, Rejection Rejection, bool IsPartial);

/// <summary>
/// The latest refusals at the doors, by tenant: senders there do not read answers, so that somebody must be able to ask. In memory
/// alone; no value of an event is in it.
/// </summary>
internal sealed class RejectionBook
{
    public const int KeptMax = 1000;

    /// <summary>Names in pointers are the sender's: longer ones are cut.</summary>
    private const int PointerMax = 256;

    private readonly ConcurrentDictionary<TenantId, Queue<BookedRejection>> books = new();

    public void Add(TenantId tenant, BookedRejection rejection)
    {
        if (rejection.Rejection.Pointer is { Length: > PointerMax } pointer)
            rejection = rejection with
            {
                Rejection = rejection.Rejection with { Pointer = pointer[..PointerMax] + "…" },
            };
        Queue<BookedRejection> book = books.GetOrAdd(tenant, static _ => new());
        lock (book)
        {
            if (book.Count == KeptMax)
                book.Dequeue();
            book.Enqueue(rejection);
        }
    }

    /// <summary>All that are kept of a tenant, the latest first.</summary>
    public void Write(TenantId tenant, Utf8JsonWriter json)
    {
        BookedRejection[] all = [];
        if (books.TryGetValue(tenant, out Queue<BookedRejection>? book))
            lock (book)
                all = [.. book];
        json.WriteStartObject();
        json.WriteStartArray("rejections"u8);
        foreach (BookedRejection one in all.Reverse())
        {
            json.WriteStartObject();
            json.WriteString("received"u8, EventTime.ToText(one.Time));
            json.WriteString("door"u8, one.Door);
            json.WriteString("id"u8, one.Id.Length == 0 ? null : Encoding.UTF8.GetString(one.Id));
            json.WriteString("reason"u8, one.Rejection.Reason.Code());
            json.WriteString("pointer"u8, one.Rejection.Pointer);
            json.WriteString("message"u8, one.Rejection.Message);
            json.WriteBoolean("partial"u8, one.IsPartial);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
