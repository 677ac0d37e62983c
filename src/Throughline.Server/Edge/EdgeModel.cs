using System.Collections.Frozen;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge;

/// <summary><see cref="EdgeOptions"/>, validated and made ready for look-ups; immutable.</summary>
internal sealed class EdgeModel
{
    /// <summary>They are looked through one by one.</summary>
    private const int WildcardsMax = 1000;

    private readonly TenantId? tenant;
    private readonly FrozenDictionary<string, TenantId> hosts;
    private readonly (string Suffix, TenantId Tenant)[] wildcards;

    private EdgeModel(
        EdgeOptions options,
        AddressNetworks trusted,
        Dictionary<string, TenantId> hosts,
        TenantId? tenant
    )
    {
        (Options, Trusted, this.tenant) = (options, trusted, tenant);
        Budget = TimeSpan.FromMilliseconds(options.BudgetMs);
        GoodBots = GoodBotModel.Of(options.GoodBots);
        Challenge = ChallengeModel.Of(options.Challenge);
        WebBotAuth = WebBotAuthModel.Of(options.WebBotAuth);
        this.hosts = hosts
            .Where(one => !one.Key.StartsWith("*.", StringComparison.Ordinal))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        wildcards =
        [
            .. hosts
                .Where(one => one.Key.StartsWith("*.", StringComparison.Ordinal))
                .Select(one => (one.Key[1..], one.Value))
                .OrderByDescending(one => one.Item1.Length),
        ];
    }

    public EdgeOptions Options { get; }

    public AddressNetworks Trusted { get; }

    public TimeSpan Budget { get; }

    public GoodBotModel GoodBots { get; }

    public ChallengeModel Challenge { get; }

    public WebBotAuthModel WebBotAuth { get; }

    /// <summary>The tenants that the options name.</summary>
    public IEnumerable<TenantId> Tenants =>
        [.. hosts.Values.Concat(wildcards.Select(one => one.Tenant)).Concat(tenant is { } all ? [all] : []).Distinct()];

    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public static EdgeModel Of(EdgeOptions options)
    {
        if (options.Instance == 0)
            throw new ArgumentException("edge.instance: numbers begin at 1");
        if (!AddressNetworks.TryParse(options.TrustedProxies, out AddressNetworks trusted, out string bad))
            throw new ArgumentException($"edge.trustedProxies: {bad}");
        Dictionary<string, TenantId> hosts = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string host, string name) in options.Hosts)
            hosts[host] = Parse($"edge.hosts.{host}", name);
        if (hosts.Count(one => one.Key.StartsWith("*.", StringComparison.Ordinal)) > WildcardsMax)
            throw new ArgumentException($"edge.hosts: there are more than {WildcardsMax} with a wildcard");
        if (options.RecentMax < 1 || options.DelayedMax < 0 || options.BudgetMs < 1 || options.DelayMsMax < 0)
            throw new ArgumentException(
                "edge: recentMax and budgetMs must be positive, delayedMax and delayMsMax not negative"
            );
        for (int i = 0; i < options.Identifiers.Count; i++)
            Check($"edge.identifiers[{i}]", options.Identifiers[i]);
        if (options.CountersSavedEveryMs is < 0 or (> 0 and < 1000))
            throw new ArgumentException("edge.countersSavedEveryMs: 0, or at least 1000");
        if (options.GrpcUrl is { } grpc)
            ListenAddress.Check("edge.grpcUrl", grpc);
        if (options.ChallengeUrl is { } url && !Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out _))
            throw new ArgumentException($"edge.challengeUrl: '{url}' is no address");
        TenantId? tenant = options.Tenant is { } all ? Parse("edge.tenant", all) : null;
        return new(options, trusted, hosts, tenant);
    }

    /// <summary>Whose a request is; the header, if one was configured, comes first.</summary>
    public bool TryTenant(ReadOnlySpan<char> host, string? header, out TenantId id)
    {
        if (header is not null && TenantId.TryParse(header, out id))
            return true;
        ReadOnlySpan<char> name = WithoutPort(host);
        if (hosts.Count > 0 && hosts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out id))
            return true;
        foreach ((string suffix, TenantId of) in wildcards)
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                id = of;
                return true;
            }
        }
        id = tenant ?? default;
        return tenant is not null;
    }

    /// <summary>A host without its port: <c>[::1]:80</c> gives <c>[::1]</c>.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        int colon = host.LastIndexOf(':');
        return colon < 0 || host[colon..].Contains(']') ? host : host[..colon];
    }

    private static void Check(string place, IdentifierSource source)
    {
        if (
            source.Type.Length is 0 or > 64
            || !source.Type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')
        )
            throw new ArgumentException($"{place}.type: '{source.Type}' is no type of identifiers, such as cookie");
        if (string.IsNullOrEmpty(source.Cookie) == string.IsNullOrEmpty(source.Header))
            throw new ArgumentException($"{place}: say either the cookie or the header");
        if (source.Header?.Any(char.IsAsciiLetterUpper) == true)
            throw new ArgumentException($"{place}.header: '{source.Header}' must be in lower case");
    }

    private static TenantId Parse(string place, string name) =>
        TenantId.TryParse(name, out TenantId id)
            ? id
            : throw new ArgumentException($"{place}: '{name}' is no tenant's id ({TenantId.Form})");
}
