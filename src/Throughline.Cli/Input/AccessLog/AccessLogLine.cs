namespace Throughline.Cli.Input.AccessLog;

/// <summary>
/// The fields of one access log line, pointing into it; quoted fields are still escaped. An absent field (<c>-</c>) is empty.
/// </summary>
internal ref struct AccessLogLine
{
    /// <summary>The client's IP address as written.</summary>
    public ReadOnlySpan<byte> Address;

    /// <summary>The user that HTTP authentication named.</summary>
    public ReadOnlySpan<byte> User;

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long Time;

    /// <summary>The whole request line.</summary>
    public ReadOnlySpan<byte> Request;

    /// <summary>Empty if the request line is malformed.</summary>
    public ReadOnlySpan<byte> Method;

    /// <summary>Host and port of a target in absolute form (a proxy's log) or of CONNECT; else the virtual host that begins the line.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>Path and query; empty if the request line is malformed.</summary>
    public ReadOnlySpan<byte> Path;

    /// <summary>A request that is no HTTP: a TLS handshake on a plain port, a probe, an idle connection.</summary>
    public bool IsMalformed;

    /// <summary>Null for <c>-</c> and for <c>000</c>, which nginx writes when it sent none.</summary>
    public int? Status;

    /// <summary>Bytes of the response.</summary>
    public long? Bytes;

    /// <summary>The line has the fields referrer and user agent, be they absent (<c>-</c>): it is not of the common format.</summary>
    public bool HasHeaders;

    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> UserAgent;
}
