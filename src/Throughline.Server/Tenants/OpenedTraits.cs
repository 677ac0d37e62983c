using System.Buffers;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>A trait with its value.</summary>
/// <param name="Value">JSON: text, number, true or false.</param>
internal readonly record struct OpenedTrait(TraitPick Pick, string Value);

/// <summary>Opens the events that tell a customer's traits: on any thread, each event once.</summary>
internal static class OpenedTraits
{
    /// <summary>Null if nobody asked for traits.</summary>
    public static IReadOnlyList<OpenedTrait>? Of(CustomerView customer, ITenantLog log, ITenantKeys keys)
    {
        if (customer.Traits is not { } picks)
            return null;
        Dictionary<long, JsonElement> opened = [];
        List<OpenedTrait> traits = [];
        foreach (TraitPick pick in picks)
        {
            if (!opened.TryGetValue(pick.Position, out JsonElement told))
                opened.Add(pick.Position, told = Open(pick.Position, log, keys));
            if (told.ValueKind == JsonValueKind.Undefined)
                continue; // erased since it was picked
            traits.Add(new(pick, told.GetProperty(pick.Name).GetRawText()));
        }
        return traits;
    }

    private static JsonElement Open(long position, ITenantLog log, ITenantKeys keys)
    {
        RecordBuffer buffer = new();
        log.Read(position, buffer);
        EventRecord record = EventRecord.FromTrusted(buffer[0]);
        if (record.IsErased)
            return default;
        record.TryGet(EventField.Sealed, out ReadOnlySpan<byte> sealedBytes);
        ArrayBufferWriter<byte> plain = new();
        keys.Open(sealedBytes, record.Id, plain);
        using JsonDocument personal = JsonDocument.Parse(plain.WrittenMemory);
        return personal.RootElement.GetProperty("traits").Clone();
    }
}
