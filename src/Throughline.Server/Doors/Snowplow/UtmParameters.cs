using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>The campaign in a page's address, as Snowplow's campaign attribution reads it: <c>utm_campaign</c>, <c>utm_medium</c>, <c>utm_source</c>, <c>utm_content</c>.</summary>
internal static class UtmParameters
{
    private const string Prefix = "utm_";
    private static readonly string[] Names = ["campaign", "medium", "source", "content"];

    /// <summary>An object with those that are there; null if none is.</summary>
    public static JsonDocument? Read(string url)
    {
        int query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || !url.AsSpan(query).Contains(Prefix, StringComparison.Ordinal))
            return null;
        int end = url.IndexOf('#', query);
        string text = end < 0 ? url[query..] : url[query..end];
        ArrayBufferWriter<byte> buffer = new();
        HashSet<string> had = new(StringComparer.Ordinal);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            foreach (QueryStringEnumerable.EncodedNameValuePair pair in new QueryStringEnumerable(text))
            {
                string name = pair.DecodeName().ToString();
                if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                    continue;
                string part = name[Prefix.Length..];
                if (Names.Contains(part, StringComparer.Ordinal) && had.Add(part)) // the first, as there
                    json.WriteString(part, pair.DecodeValue().Span);
            }
            json.WriteEndObject();
        }
        return had.Count == 0 ? null : JsonDocument.Parse(buffer.WrittenMemory);
    }
}
