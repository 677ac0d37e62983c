using System.Buffers;
using System.Text.Json;

namespace Throughline.Cli.Input.AccessLog;

/// <summary>Turns access log lines into request events (event JSON, form 1). Reusable; not for two threads.</summary>
internal sealed class AccessLogEvents : ILineConverter
{
    private readonly LineIds ids;
    private readonly LogText text = new();
    private readonly ArrayBufferWriter<byte> none = new(1);
    private readonly Utf8JsonWriter json;

    public AccessLogEvents(LineIds ids)
    {
        this.ids = ids;
        json = new(none, new JsonWriterOptions { SkipValidation = true });
    }

    /// <inheritdoc/>
    public InputReason Convert(ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        InputReason reason = AccessLogParser.Parse(line, out AccessLogLine fields);
        if (reason != InputReason.None)
            return reason;
        Span<byte> id = stackalloc byte[LineIds.MaxLength];
        json.Reset(target);
        json.WriteStartObject();
        json.WriteString("id"u8, ids.Next(line, id));
        json.WriteString("type"u8, "request"u8);
        json.WriteNumber("time"u8, fields.Time);
        if (!fields.User.IsEmpty)
            WriteUser(fields.User);
        WriteContext(fields);
        WriteRequest(fields);
        if (fields.IsMalformed)
            json.WriteBoolean("malformedRequest"u8, true);
        json.WriteEndObject();
        json.Flush();
        return InputReason.None;
    }

    public void Dispose() => json.Dispose();

    private void WriteUser(ReadOnlySpan<byte> user)
    {
        json.WriteStartArray("identifiers"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "user"u8);
        json.WriteString("value"u8, text.Decode(user, isAddress: false));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteContext(in AccessLogLine fields)
    {
        json.WriteStartObject("context"u8);
        json.WriteString("address"u8, fields.Address);
        if (!fields.UserAgent.IsEmpty)
            json.WriteString("userAgent"u8, text.Decode(fields.UserAgent, isAddress: false));
        if (!fields.Referrer.IsEmpty)
            json.WriteString("referrer"u8, text.Decode(fields.Referrer, isAddress: true));
        json.WriteEndObject();
    }

    private void WriteRequest(in AccessLogLine fields)
    {
        json.WriteStartObject("request"u8);
        if (!fields.Method.IsEmpty)
            json.WriteString("method"u8, fields.Method);
        if (!fields.Host.IsEmpty)
            json.WriteString("host"u8, text.Decode(fields.Host, isAddress: true));
        if (!fields.Path.IsEmpty)
            json.WriteString("path"u8, text.Decode(fields.Path, isAddress: true));
        if (fields.Status is { } status)
            json.WriteNumber("status"u8, status);
        if (fields.Bytes is { } bytes)
            json.WriteNumber("bytes"u8, bytes);
        json.WriteEndObject();
    }
}
