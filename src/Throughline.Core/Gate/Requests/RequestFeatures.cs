using Throughline.Cel.Library;

namespace Throughline.Core.Gate.Requests;

/// <summary>
/// Everything that rules may read of one request, derived from it alone: a pure function of <see cref="EdgeRequest"/> and of the
/// user-agent table. The names in the rule language are those of <see cref="Decide.GateSchema"/>. Filled again and again.
/// </summary>
public sealed class RequestFeatures
{
    public RequestKnowledge Knowledge { get; set; }
    public long Time { get; set; }
    public IpAddress? Address { get; set; }

    /// <summary>The address's network: /24 of IPv4, /64 of IPv6, as text.</summary>
    public string Network { get; set; } = "";

    /// <summary>The block that the address's network is part of: /16 of IPv4, /48 of IPv6, as text: about what one operator runs.</summary>
    public string Block { get; set; } = "";
    public string Method { get; set; } = "";

    /// <summary>Lower case, without port.</summary>
    public string Host { get; set; } = "";
    public string Path { get; set; } = "";
    public string Query { get; set; } = "";

    /// <summary>Path and query, percent-decoded until nothing changes (at most 3 times), separators unified, lower case: what patterns of attacks are searched in. See <see cref="TargetText"/>.</summary>
    public string Target { get; set; } = "";

    /// <summary>The last segment of the decoded path, lower case: <c>wp-login.php</c>; empty for a folder.</summary>
    public string File { get; set; } = "";

    /// <summary>Of <see cref="File"/>, without the dot, lower case.</summary>
    public string Extension { get; set; } = "";

    /// <summary>A picture, style, script, font or the like, by its extension.</summary>
    public bool IsStatic { get; set; }
    public string? Scheme { get; set; }
    public string? Protocol { get; set; }
    public string? Referrer { get; set; }
    public string? Ja3 { get; set; }
    public string? Ja4 { get; set; }
    public long? Asn { get; set; }
    public string? Country { get; set; }
    public string? Session { get; set; }
    public bool IsMalformed { get; set; }

    /// <summary>The headers, in order of arrival; empty where they are not known.</summary>
    public HeaderField[] Headers { get; set; } = [];

    /// <summary>How many of <see cref="Headers"/> are filled.</summary>
    public int HeaderCount { get; set; }

    /// <summary>A hash of the names of the headers in their order, 12 hexadecimal digits: our own, not JA4H. Headers that one client sends now and then (cookies, conditions, content) are left out.</summary>
    public string? HeaderOrder { get; set; }

    /// <summary>The clearance that the client showed.</summary>
    public ClearanceFacts Clearance { get; set; }

    /// <summary>The signature of the request (Web Bot Auth).</summary>
    public SignatureFacts Signature { get; set; }

    /// <summary>Challenges of this network and user agent; null: not known.</summary>
    public ChallengeCounts? Challenges { get; set; }

    /// <summary>What the user agent says of itself.</summary>
    public AgentFacts Agent { get; } = new();

    /// <summary>Headers that contradict one another or the user agent; all false where headers are not known.</summary>
    public ConsistencyFacts Consistency { get; } = new();
}

/// <summary>What a user agent declares.</summary>
public sealed class AgentFacts
{
    public string Text { get; set; } = "";
    public AgentClasses Class { get; set; }

    /// <summary>Crawler, library, tool, scanner: any declared bot, good ones too.</summary>
    public bool IsBot { get; set; }
    public bool IsGoodBot { get; set; }

    /// <summary>An HTTP library or command line tool.</summary>
    public bool IsLibrary { get; set; }

    /// <summary>A scanner of vulnerabilities.</summary>
    public bool IsScanner { get; set; }
    public bool IsHeadless { get; set; }
    public bool IsMobile { get; set; }

    /// <summary>Of a bot its name (<c>googlebot</c>), of a browser its family (<c>chrome</c>, <c>firefox</c>, <c>safari</c>, <c>edge</c>, ...); else empty. Lower case.</summary>
    public string Name { get; set; } = "";

    /// <summary>The browser's major version; 0 if not known.</summary>
    public int Version { get; set; }

    /// <summary><c>windows</c>, <c>macos</c>, <c>ios</c>, <c>android</c>, <c>linux</c>, <c>chromeos</c>; else empty.</summary>
    public string System { get; set; } = "";
}

/// <summary>Checks of the request's headers against one another.</summary>
public sealed class ConsistencyFacts
{
    /// <summary>A browser's user agent, but client hints that name another brand, version or system, or none where that browser always sends them over https.</summary>
    public bool HintsMismatch { get; set; }
    public bool MissingAcceptLanguage { get; set; }
    public bool MissingAccept { get; set; }
    public bool MissingAcceptEncoding { get; set; }

    /// <summary>Sec-Fetch-* absent from a browser version that always sends them, or impossible in their combination.</summary>
    public bool SecFetchMismatch { get; set; }

    /// <summary>How many of the checks fail.</summary>
    public int Score { get; set; }
}
