using System.Text.Encodings.Web;
using System.Text.Json;

namespace Throughline.Server.Api;

/// <summary>How answers are written: compact, and with no more escapes than JSON needs (they are never put into HTML).</summary>
internal static class JsonWriting
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
