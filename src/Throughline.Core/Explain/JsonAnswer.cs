using System.Buffers;
using System.Text.Json;

namespace Throughline.Core.Explain;

/// <summary>Writes the one object that an answer is.</summary>
internal static class JsonAnswer
{
    public static byte[] Write(Action<Utf8JsonWriter> body)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
