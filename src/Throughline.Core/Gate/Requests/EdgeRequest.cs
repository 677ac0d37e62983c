using Throughline.Cel.Library;

namespace Throughline.Core.Gate.Requests;

/// <summary>One header as the client sent it.</summary>
/// <param name="Name">Lower case.</param>
public readonly record struct HeaderField(string Name, string Value);

/// <summary>What the source of a request can know at all. A feature that needs more is missing, never guessed.</summary>
[Flags]
public enum RequestKnowledge
{
    /// <summary>Method, path, address, time, referrer and user agent: what an access log of the combined form holds.</summary>
    Basic = 0,

    /// <summary>All request headers.</summary>
    Headers = 1,

    /// <summary>The order of the headers, too.</summary>
    HeaderOrder = 2,

    /// <summary>Whether the client showed cookies; part of <see cref="Headers"/> where those are known.</summary>
    Cookies = 4,

    /// <summary>The user agent and referrer (a log of the common form lacks them).</summary>
    Agent = 8,

    /// <summary>The host that the client asked for.</summary>
    Host = 16,
}

/// <summary>
/// One public request as an edge saw it, before it was answered. Filled again and again; not for two threads. Strings are as the
/// client sent them; null is "not known or not sent" (see <see cref="Knowledge"/>).
/// </summary>
public sealed class EdgeRequest
{
    private readonly List<HeaderField> headers = new(32);

    /// <summary>When it came, milliseconds since 1970: the only clock that the gate sees.</summary>
    public long Time { get; set; }

    public RequestKnowledge Knowledge { get; set; }

    /// <summary>The client's address, already taken from a trusted proxy.</summary>
    public IpAddress? Address { get; set; }

    public string Method { get; set; } = "";

    /// <summary>The path without query, as sent (percent-encoded).</summary>
    public string Path { get; set; } = "";

    /// <summary>The query without its question mark; empty if there is none.</summary>
    public string Query { get; set; } = "";

    public string? Host { get; set; }
    public string? Scheme { get; set; }

    /// <summary>Such as <c>HTTP/1.1</c>.</summary>
    public string? Protocol { get; set; }
    public string? UserAgent { get; set; }
    public string? Referrer { get; set; }

    /// <summary>TLS fingerprints that the proxy passed on; opaque.</summary>
    public string? Ja3 { get; set; }

    /// <inheritdoc cref="Ja3"/>
    public string? Ja4 { get; set; }

    /// <summary>The number of the autonomous system, and the country (ISO 3166, two letters), if the proxy knows them.</summary>
    public long? Asn { get; set; }

    /// <inheritdoc cref="Asn"/>
    public string? Country { get; set; }

    /// <summary>The value of the tenant's session cookie, or of whatever else tells sessions apart.</summary>
    public string? Session { get; set; }

    /// <summary>The request is no HTTP: a TLS handshake on a plain port, a probe (logs only).</summary>
    public bool IsMalformed { get; set; }

    /// <summary>In order of arrival, if that is known.</summary>
    public List<HeaderField> Headers => headers;

    /// <summary>The first header of a name in lower case; null if it was not sent or headers are not known.</summary>
    public string? Header(string name)
    {
        foreach (HeaderField field in headers)
            if (field.Name.Equals(name, StringComparison.Ordinal))
                return field.Value;
        return null;
    }

    /// <summary>Makes it as new.</summary>
    public void Reset()
    {
        headers.Clear();
        (Time, Knowledge, Address, Method, Path, Query, IsMalformed) = (0, 0, null, "", "", "", false);
        (Host, Scheme, Protocol, UserAgent, Referrer, Session) = (null, null, null, null, null, null);
        (Ja3, Ja4, Asn, Country) = (null, null, null, null);
    }
}

/// <summary>What is known of a request once it was answered: fed back by API or log.</summary>
/// <param name="Status">HTTP status; 0 if none was sent.</param>
/// <param name="Bytes">Bytes of the body; -1 if not known.</param>
/// <param name="LogInFailed">The application says so; null if it does not say.</param>
public readonly record struct ResponseFacts(int Status, long Bytes = -1, bool? LogInFailed = null);
