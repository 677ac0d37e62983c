using System.Buffers.Text;
using System.Text.Json;
using Throughline.Cli.Input.AccessLog;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Lines;

/// <summary>
/// Requests from JSON lines: our own events (docs/guide/events.md; requests, and impressions, views, clicks and conversions as the
/// calls that report them: <c>POST /v1/events/click?utm_campaign=...</c>), Envoy's JSON access log (as Envoy Gateway
/// writes it), Caddy's, Traefik's, nginx's where members are named as its variables are, and access log lines that a collector wrapped
/// into <c>message</c>. Members that are not named here are passed over.
/// </summary>
internal sealed class JsonRequests
{
    private const double SecondsMax = 1e11; // of the year 5138

    private readonly LogText log = new();
    private byte[] text = new byte[4096];
    private byte[] wrapped = [];
    private int wrappedLength;

    /// <summary>The access log line inside the last one; empty if it held none.</summary>
    public ReadOnlySpan<byte> Wrapped => wrapped.AsSpan(0, wrappedLength);

    private enum Field
    {
        None,
        Type,
        Time,
        Seconds,
        Campaign,
        Address,
        AddressAndPort,
        UserAgent,
        Referrer,
        Method,
        Host,
        Target,
        RequestLine,
        Status,
        Bytes,
        Message,
        IdentifierType,
        IdentifierValue,
    }

    /// <summary>Fills the request.</summary>
    public LineOutcome Read(
        ReadOnlySpan<byte> line,
        TextCache cache,
        TargetText target,
        EdgeRequest request,
        out ResponseFacts response
    )
    {
        (response, wrappedLength) = (default, 0);
        try
        {
            return ReadMembers(line, cache, target, request, out response);
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return LineOutcome.Rejected;
        }
    }

    /// <summary>The id of an event; null if the line is none.</summary>
    public static string? IdOf(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line);
        bool isId = line.StartsWith("{\"id\":"u8) && reader.Read() && reader.Read() && reader.Read();
        return isId && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    private LineOutcome ReadMembers(
        ReadOnlySpan<byte> line,
        TextCache cache,
        TargetText target,
        EdgeRequest request,
        out ResponseFacts response
    )
    {
        Utf8JsonReader reader = new(line);
        (bool isOther, bool hasTime, bool hasTarget) = (false, false, false);
        (int status, long bytes) = (0, -1);
        Field field = Field.None;
        Parent parent = Parent.Root;
        Session session = default;
        string? reported = null;
        string campaign = "";
        response = default;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (reader.CurrentDepth == 1)
                        parent = ParentOf(ref reader);
                    field = FieldOf(ref reader, reader.CurrentDepth == 1 ? Parent.Root : parent);
                    continue;
                case JsonTokenType.EndObject when parent == Parent.Identifiers && reader.CurrentDepth == 2:
                    session.End();
                    continue;
                case JsonTokenType.String or JsonTokenType.Number:
                    break;
                default:
                    continue;
            }
            switch (field)
            {
                case Field.Type:
                    reported = ReportedType(ref reader, out isOther);
                    break;
                case Field.Campaign:
                    campaign = cache.Text(Text(ref reader));
                    break;
                case Field.Time:
                    hasTime = TryTime(ref reader, out long time);
                    request.Time = time;
                    break;
                case Field.Seconds:
                    hasTime = TrySeconds(ref reader, out long moment);
                    request.Time = moment;
                    break;
                case Field.Address:
                    request.Address = cache.Address(Text(ref reader));
                    break;
                case Field.AddressAndPort:
                    request.Address = cache.Address(WithoutPort(Text(ref reader)));
                    break;
                case Field.UserAgent:
                    request.UserAgent = Present(Text(ref reader), cache);
                    break;
                case Field.Referrer:
                    request.Referrer = Present(Text(ref reader), cache);
                    break;
                case Field.Method:
                    request.Method = cache.Text(Text(ref reader));
                    break;
                case Field.Host:
                    request.Host = cache.Text(Text(ref reader));
                    request.Knowledge |= RequestKnowledge.Host;
                    break;
                case Field.Target:
                    target.Split(Text(ref reader), request);
                    hasTarget = true;
                    break;
                case Field.RequestLine when reader.TokenType == JsonTokenType.String:
                    Split(Text(ref reader), cache, target, request);
                    hasTarget = true;
                    break;
                case Field.Status:
                    status = checked((int)Number(ref reader, none: 0));
                    break;
                case Field.Bytes:
                    bytes = Number(ref reader, none: -1);
                    break;
                case Field.Message:
                    Unwrap(Text(ref reader));
                    break;
                case Field.IdentifierType:
                    session.IsSession =
                        reader.ValueTextEquals("cookie"u8)
                        || reader.ValueTextEquals("device"u8)
                        || reader.ValueTextEquals("browser"u8);
                    break;
                case Field.IdentifierValue:
                    session.Value = cache.Text(Text(ref reader));
                    break;
                default:
                    break;
            }
            field = Field.None;
        }
        if (wrappedLength > 0)
            return LineOutcome.Other;
        if (isOther)
            return LineOutcome.Other;
        if (reported is not null)
        {
            (request.Method, request.Path) = ("POST", reported);
            request.Query = campaign.Length == 0 ? "" : "utm_campaign=" + campaign;
            hasTarget = true;
        }
        if (!hasTime || !hasTarget || request.Address is null)
            return LineOutcome.Rejected;
        request.Knowledge |= RequestKnowledge.Agent;
        request.Session = session.Found;
        response = new(status, bytes);
        return LineOutcome.Request;
    }

    // What is reported of advertising and sales is judged as the call that reports it.
    private static string? ReportedType(ref Utf8JsonReader reader, out bool isOther)
    {
        string? reported =
            reader.ValueTextEquals("impression"u8) ? "/v1/events/impression"
            : reader.ValueTextEquals("view"u8) ? "/v1/events/view"
            : reader.ValueTextEquals("click"u8) ? "/v1/events/click"
            : reader.ValueTextEquals("conversion"u8) ? "/v1/events/conversion"
            : null;
        isOther = reported is null && !reader.ValueTextEquals("request"u8);
        return reported;
    }

    private enum Parent
    {
        Root,
        Other,
        Context,
        Request,
        Identifiers,
    }

    // The first cookie, device or browser storage that an event shows stands for the session cookie that an edge would see.
    private struct Session
    {
        public bool IsSession;
        public string? Value;
        public string? Found;

        public void End()
        {
            if (IsSession && Found is null)
                Found = Value;
            (IsSession, Value) = (false, null);
        }
    }

    private static Parent ParentOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("context"u8) ? Parent.Context
        : reader.ValueTextEquals("request"u8) ? Parent.Request
        : reader.ValueTextEquals("identifiers"u8) ? Parent.Identifiers
        : Parent.Other;

    private static Field FieldOf(ref Utf8JsonReader name, Parent parent) =>
        parent switch
        {
            Parent.Root => RootField(ref name),
            Parent.Context => name.ValueTextEquals("address"u8) ? Field.Address
            : name.ValueTextEquals("userAgent"u8) ? Field.UserAgent
            : name.ValueTextEquals("referrer"u8) ? Field.Referrer
            : Field.None,
            // Caddy's: the client as its trusted proxies tell comes after whoever is connected.
            Parent.Request when name.CurrentDepth == 3 => name.ValueTextEquals("User-Agent"u8) ? Field.UserAgent
            : name.ValueTextEquals("Referer"u8) ? Field.Referrer
            : Field.None,
            Parent.Request => name.ValueTextEquals("method"u8) ? Field.Method
            : name.ValueTextEquals("remote_ip"u8) || name.ValueTextEquals("client_ip"u8) ? Field.Address
            : name.ValueTextEquals("uri"u8) ? Field.Target
            : name.ValueTextEquals("host"u8) ? Field.Host
            : name.ValueTextEquals("path"u8) ? Field.Target
            : name.ValueTextEquals("status"u8) ? Field.Status
            : name.ValueTextEquals("bytes"u8) ? Field.Bytes
            : Field.None,
            Parent.Identifiers => name.ValueTextEquals("type"u8) ? Field.IdentifierType
            : name.ValueTextEquals("value"u8) ? Field.IdentifierValue
            : Field.None,
            _ => Field.None,
        };

    private static Field RootField(ref Utf8JsonReader name) =>
        name.ValueTextEquals("type"u8) ? Field.Type
        : name.ValueTextEquals("time"u8) || name.ValueTextEquals("start_time"u8) ? Field.Time
        : name.ValueTextEquals("ts"u8) ? Field.Seconds
        : name.ValueTextEquals("campaign"u8) ? Field.Campaign
        : name.ValueTextEquals("downstream_remote_address"u8) ? Field.AddressAndPort
        : name.ValueTextEquals("user-agent"u8) || name.ValueTextEquals("user_agent"u8) ? Field.UserAgent
        : name.ValueTextEquals("referer"u8) || name.ValueTextEquals("referrer"u8) ? Field.Referrer
        : name.ValueTextEquals("method"u8) ? Field.Method
        : name.ValueTextEquals(":authority"u8) ? Field.Host
        : name.ValueTextEquals("x-envoy-origin-path"u8) || name.ValueTextEquals("path"u8) ? Field.Target
        : name.ValueTextEquals("request"u8) ? Field.RequestLine
        : name.ValueTextEquals("response_code"u8) || name.ValueTextEquals("status"u8) ? Field.Status
        : name.ValueTextEquals("bytes_sent"u8) || name.ValueTextEquals("size"u8) ? Field.Bytes
        : name.ValueTextEquals("message"u8) ? Field.Message
        : NginxField(ref name) is var nginx and not Field.None ? nginx
        : TraefikField(ref name);

    // Variables of nginx, and the shorter names of its own example.
    private static Field NginxField(ref Utf8JsonReader name) =>
        name.ValueTextEquals("time_local"u8) || name.ValueTextEquals("time_iso8601"u8) ? Field.Time
        : name.ValueTextEquals("msec"u8) ? Field.Seconds
        : name.ValueTextEquals("remote_addr"u8) || name.ValueTextEquals("remote_ip"u8) ? Field.Address
        : name.ValueTextEquals("http_user_agent"u8) || name.ValueTextEquals("agent"u8) ? Field.UserAgent
        : name.ValueTextEquals("http_referer"u8) ? Field.Referrer
        : name.ValueTextEquals("request_method"u8) ? Field.Method
        : name.ValueTextEquals("http_host"u8) || name.ValueTextEquals("server_name"u8) ? Field.Host
        : name.ValueTextEquals("request_uri"u8) ? Field.Target
        : name.ValueTextEquals("response"u8) ? Field.Status
        : name.ValueTextEquals("body_bytes_sent"u8) || name.ValueTextEquals("bytes"u8) ? Field.Bytes
        : Field.None;

    private static Field TraefikField(ref Utf8JsonReader name) =>
        name.ValueTextEquals("StartUTC"u8) ? Field.Time
        : name.ValueTextEquals("ClientHost"u8) ? Field.Address
        : name.ValueTextEquals("request_User-Agent"u8) ? Field.UserAgent
        : name.ValueTextEquals("request_Referer"u8) ? Field.Referrer
        : name.ValueTextEquals("RequestMethod"u8) ? Field.Method
        : name.ValueTextEquals("RequestHost"u8) ? Field.Host
        : name.ValueTextEquals("RequestPath"u8) ? Field.Target
        : name.ValueTextEquals("DownstreamStatus"u8) ? Field.Status
        : name.ValueTextEquals("DownstreamContentSize"u8) ? Field.Bytes
        : Field.None;

    // A whole request line, as the text formats write it.
    private void Split(ReadOnlySpan<byte> text, TextCache cache, TargetText target, EdgeRequest request)
    {
        AccessLogLine line = default;
        RequestLine.Split(text, ref line);
        request.Method = cache.Text(line.Method);
        request.IsMalformed = line.IsMalformed;
        // What is no request line is kept as the text formats keep it.
        target.Split(line.IsMalformed ? log.Decode(text, isAddress: true) : line.Path, request);
        if (line.Host.IsEmpty)
            return;
        request.Host = cache.Text(line.Host);
        request.Knowledge |= RequestKnowledge.Host;
    }

    private static string? Present(ReadOnlySpan<byte> value, TextCache cache) =>
        value.IsEmpty || value.SequenceEqual("-"u8) ? null : cache.Text(value);

    // Servers write numbers as texts too, and a dash where there is none.
    private static long Number(ref Utf8JsonReader reader, long none)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.GetInt64();
        ReadOnlySpan<byte> digits = reader.ValueSpan;
        return digits.IsEmpty || digits.SequenceEqual("-"u8) ? none
            : Utf8Parser.TryParse(digits, out long number, out int used) && used == digits.Length ? number
            : throw new InvalidOperationException("not a number");
    }

    private static bool TrySeconds(ref Utf8JsonReader reader, out long time)
    {
        double seconds = 0;
        bool isNumber =
            reader.TokenType == JsonTokenType.Number
                ? reader.TryGetDouble(out seconds)
                : Utf8Parser.TryParse(reader.ValueSpan, out seconds, out int used) && used == reader.ValueSpan.Length;
        isNumber &= Math.Abs(seconds) < SecondsMax;
        time = isNumber ? (long)(seconds * 1000) : 0;
        return isNumber;
    }

    // Valid until the next call.
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        if (text.Length < reader.ValueSpan.Length)
            text = new byte[reader.ValueSpan.Length * 2];
        return text.AsSpan(0, reader.CopyString(text));
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((byte)'['))
            return text.IndexOf((byte)']') is var end and > 0 ? text[1..end] : default;
        int colon = text.LastIndexOf((byte)':');
        return colon < 0 ? text : text[..colon];
    }

    // "frontend.0 nginx: 203.0.113.1 - - [...": what stands before the log line is the collector's.
    private void Unwrap(ReadOnlySpan<byte> message)
    {
        int nginx = message.IndexOf("nginx: "u8);
        if (nginx < 0)
            return;
        ReadOnlySpan<byte> line = message[(nginx + 7)..];
        if (wrapped.Length < line.Length)
            wrapped = new byte[line.Length * 2];
        line.CopyTo(wrapped);
        wrappedLength = line.Length;
    }

    private bool TryTime(ref Utf8JsonReader reader, out long time)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out time);
        if (LogTime.TryParse(Text(ref reader), out time))
            return true;
        bool isTime = reader.TryGetDateTimeOffset(out DateTimeOffset moment);
        time = isTime ? moment.ToUnixTimeMilliseconds() : 0;
        return isTime;
    }
}
