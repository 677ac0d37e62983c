using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Challenges;

namespace Throughline.Server.Edge;

/// <summary>How the edge endpoints are to be run: whom they trust, whose tenant a host is, what proxies tell and in which header.</summary>
public sealed record EdgeOptions
{
    /// <summary>Part of every decision's id; tells apart the edges of one tenant. From 1.</summary>
    public uint Instance { get; init; } = 1;

    /// <summary>Addresses and CIDR blocks that may ask over the proxies' contracts, and whose word on the client's address counts.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.0/8", "::1"];

    /// <summary>The tenant of hosts that <see cref="Hosts"/> does not name; null: none.</summary>
    public string? Tenant { get; init; }

    /// <summary>Tenants by host, exact or <c>*.example.com</c>; the longest that fits holds.</summary>
    public IReadOnlyDictionary<string, string> Hosts { get; init; } = new Dictionary<string, string>();

    /// <summary>A header in which the proxy names the tenant. Only for proxies that overwrite it: clients could choose otherwise.</summary>
    public string? TenantHeader { get; init; }

    /// <summary>Where proxies write the client's address, behind what the client itself claimed.</summary>
    public string AddressHeader { get; init; } = "x-forwarded-for";

    /// <summary>Headers in which the proxy passes on what it knows of the connection; null: it does not. It must overwrite them.</summary>
    public string? Ja3Header { get; init; }

    /// <inheritdoc cref="Ja3Header"/>
    public string? Ja4Header { get; init; }

    /// <inheritdoc cref="Ja3Header"/>
    public string? AsnHeader { get; init; }

    /// <inheritdoc cref="Ja3Header"/>
    public string? CountryHeader { get; init; }

    /// <summary>The cookie that tells sessions apart; null: none.</summary>
    public string? SessionCookie { get; init; }

    /// <summary>Where requests show the identifiers of customers, the most telling first; none: rules over <c>customer.*</c> come out unknown.</summary>
    public IReadOnlyList<IdentifierSource> Identifiers { get; init; } = [];

    /// <summary>
    /// Envoy's ext_authz over HTTP passes on only the headers that its configuration lists. True says that it lists all of them, so that
    /// rules may read what is missing, too.
    /// </summary>
    public bool ExtAuthzHasAllHeaders { get; init; }

    /// <summary>What happens to requests for hosts of no tenant.</summary>
    public FailPolicy OnUnknownTenant { get; init; } = FailPolicy.Open;

    /// <summary>Where challenged clients go if their route does not say.</summary>
    public string? ChallengeUrl { get; init; }

    /// <summary>How challenged clients prove themselves where nobody names a page.</summary>
    public ChallengeOptions Challenge { get; init; } = new();

    /// <summary>How long a decision may take; then the route's fail policy holds.</summary>
    public int BudgetMs { get; init; } = 50;

    /// <summary>
    /// A denial to a proxy waits no longer than this, whatever its rule says: a proxy that gives up on its question lets the client in, or
    /// fails it.
    /// </summary>
    public int DelayMsMax { get; init; } = 100;

    /// <summary>Denials that wait at once; what comes beyond is denied without delay.</summary>
    public int DelayedMax { get; init; } = 1000;

    /// <summary>Decisions of a tenant that are kept in memory, so that a response can be fed back to them.</summary>
    public int RecentMax { get; init; } = 8192;

    /// <summary>The values of counters are saved so often, if any changed; 0: at an orderly stop alone.</summary>
    public int CountersSavedEveryMs { get; init; } = 30_000;

    /// <summary>Where ext_authz over gRPC listens (HTTP/2 without TLS, so a port of its own): <c>http://host:port</c>; null: nowhere.</summary>
    public string? GrpcUrl { get; init; }

    /// <summary>How claims to be a good bot are verified.</summary>
    public GoodBotOptions GoodBots { get; init; } = new();

    /// <summary>Which agents sign their requests.</summary>
    public WebBotAuthOptions WebBotAuth { get; init; } = new();

    /// <summary>Answered with an empty 200 before anything else, for measurements of the server itself; null: none.</summary>
    public string? EmptyPath { get; init; }
}
