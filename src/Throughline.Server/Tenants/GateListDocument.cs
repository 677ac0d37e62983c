using System.Buffers;
using System.Text.Json;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>
/// Changes of lists as control documents. In the clear <c>{"kind","list","of","change","source","author","count"}</c>; sealed, since
/// addresses are personal, the entries: <c>[[value, expiresAt, reason]]</c>, what is missing at the end left out.
/// </summary>
internal static class GateListDocument
{
    /// <summary>So many entries fit one document, whatever they say: texts of a list are short.</summary>
    private const int EntriesPerDocument = 1000;

    /// <summary>A change as documents: a long one is several, a replacement goes on with additions.</summary>
    public static IEnumerable<ControlStatement> Write(GateListChange change)
    {
        ListChangeKind kind = change.Change;
        int from = 0;
        do
        {
            int count = Math.Min(EntriesPerDocument, change.Entries.Count - from);
            yield return new(
                ControlDocument.GateListKind,
                Head(change, kind, count),
                Entries(change.Entries, from, count)
            );
            from += count;
            if (kind == ListChangeKind.Replace)
                kind = ListChangeKind.Add;
        } while (from < change.Entries.Count);
    }

    public static GateListChange Read(ReadOnlySpan<byte> document, ReadOnlySpan<byte> entries)
    {
        Utf8JsonReader reader = new(document);
        using JsonDocument head = JsonDocument.ParseValue(ref reader);
        JsonElement root = head.RootElement;
        string? source = Text(root, "source");
        Utf8JsonReader second = new(entries);
        using JsonDocument sealedPart = JsonDocument.ParseValue(ref second);
        return new(
            root.GetProperty("list").GetString()!,
            (ListKind)root.GetProperty("of").GetInt32(),
            (ListChangeKind)root.GetProperty("change").GetInt32(),
            source,
            [.. sealedPart.RootElement.EnumerateArray().Select(entry => Entry(entry, source))],
            Text(root, "author")
        );
    }

    private static byte[] Head(GateListChange change, ListChangeKind kind, int count) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object?>(StringComparer.Ordinal)
            {
                ["kind"] = ControlDocument.GateListKind,
                ["list"] = change.List,
                ["of"] = (int)change.Of,
                ["change"] = (int)kind,
                ["source"] = change.Source,
                ["author"] = change.Author,
                ["count"] = count,
            }
        );

    private static byte[] Entries(IReadOnlyList<ListEntryDocument> entries, int from, int count)
    {
        ArrayBufferWriter<byte> buffer = new(count * 32 + 2);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartArray();
            for (int i = from; i < from + count; i++)
            {
                ListEntryDocument entry = entries[i];
                json.WriteStartArray();
                json.WriteStringValue(entry.Value);
                if (entry.ExpiresAt is { } end)
                    json.WriteNumberValue(end);
                else if (entry.Reason is not null)
                    json.WriteNullValue();
                if (entry.Reason is not null)
                    json.WriteStringValue(entry.Reason);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static ListEntryDocument Entry(JsonElement entry, string? source)
    {
        int members = entry.GetArrayLength();
        return new(
            entry[0].GetString()!,
            members > 1 && entry[1].ValueKind == JsonValueKind.Number ? entry[1].GetInt64() : null,
            source,
            members > 2 ? entry[2].GetString() : null
        );
    }

    private static string? Text(JsonElement document, string name) =>
        document.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
