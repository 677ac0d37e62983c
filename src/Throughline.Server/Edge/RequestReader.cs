using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge;

/// <summary>Fills a request in from what a proxy passed on: what all contracts have in common. Hostile values give odd requests, never errors.</summary>
internal sealed class RequestReader(EdgeModel model)
{
    /// <summary>What is known where the proxy passes on every header.</summary>
    public const RequestKnowledge AllHeaders =
        RequestKnowledge.Headers | RequestKnowledge.Cookies | RequestKnowledge.Agent | RequestKnowledge.Host;

    // Most edges ask for no header but the client's: then none of their requests needs an object to ask with.
    private static readonly Func<string, string?> NothingAsked = _ => null;
    private readonly bool asksProxy = AsksProxy(model.Options);

    /// <summary>Headers, address and tenant of a question that is itself an HTTP request with the client's headers.</summary>
    /// <param name="host">The host that the client asked for.</param>
    /// <param name="knowledge">Whether the proxy passes on all headers; those that it does pass on are known in any case.</param>
    public void Read(HttpContext context, string host, RequestKnowledge knowledge, EdgeExchange exchange)
    {
        EdgeRequest request = exchange.Request;
        request.Knowledge = knowledge;
        request.Host = host;
        IHeaderDictionary headers = context.Request.Headers;
        foreach ((string name, StringValues values) in headers)
        {
            if (HeaderNames.OfClient(name) is not { } lower)
                continue;
            for (int i = 0; i < values.Count; i++)
                request.Headers.Add(new(lower, values[i] ?? ""));
        }
        request.Scheme = Text(headers, "x-forwarded-proto");
        ReadAddress(context.Connection.RemoteIpAddress, headers[model.Options.AddressHeader], nearest: null, request);
        Complete(exchange, asksProxy ? HeaderOf(headers) : NothingAsked);
    }

    /// <summary>The client's address; the one who asked must be a trusted proxy.</summary>
    /// <param name="peer">Who asked.</param>
    /// <param name="chain">The header of addresses.</param>
    /// <param name="nearest">Who spoke to the proxy, where the contract says so.</param>
    public void ReadAddress(IPAddress? peer, StringValues chain, IpAddress? nearest, EdgeRequest request) =>
        request.Address = peer is null && nearest is null ? null : ClientAddress.Of(chain, nearest, model.Trusted);

    /// <summary>What follows from the headers: user agent, referrer, session, what the proxy knows of the connection, and the tenant.</summary>
    /// <param name="headerOf">The first value of any header that came, the proxy's too.</param>
    public void Complete(EdgeExchange exchange, Func<string, string?> headerOf)
    {
        EdgeRequest request = exchange.Request;
        EdgeOptions options = model.Options;
        foreach (HeaderField field in request.Headers)
        {
            switch (field.Name)
            {
                case "user-agent":
                    request.UserAgent ??= field.Value;
                    request.Knowledge |= RequestKnowledge.Agent;
                    break;
                case "referer":
                    request.Referrer ??= field.Value;
                    break;
                case "cookie":
                    request.Knowledge |= RequestKnowledge.Cookies;
                    if (options.SessionCookie is { } cookie)
                        request.Session ??= CookieOf(field.Value, cookie);
                    break;
            }
        }
        if (options.Ja3Header is { } ja3)
            request.Ja3 = headerOf(ja3);
        if (options.Ja4Header is { } ja4)
            request.Ja4 = headerOf(ja4);
        if (options.CountryHeader is { } country)
            request.Country = headerOf(country);
        if (options.AsnHeader is { } asn)
            request.Asn = Number(headerOf(asn));
        string? named = options.TenantHeader is { } tenant ? headerOf(tenant) : null;
        if (model.TryTenant(request.Host, named, out Tenants.TenantId id))
            exchange.Tenant = id;
    }

    /// <summary>Cuts a target into path and query; false if it is no path.</summary>
    public static bool TryTarget(ReadOnlySpan<char> target, EdgeRequest request)
    {
        int query = target.IndexOf('?');
        ReadOnlySpan<char> path = query < 0 ? target : target[..query];
        request.Path = path.IsEmpty ? "/" : path.ToString();
        request.Query = query < 0 ? "" : target[(query + 1)..].ToString();
        return path.IsEmpty || path[0] is '/' or '*';
    }

    public static string? Text(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out StringValues values) && values.Count > 0 ? values[0] : null;

    private static bool AsksProxy(EdgeOptions options) =>
        (options.Ja3Header ?? options.Ja4Header ?? options.CountryHeader ?? options.AsnHeader ?? options.TenantHeader)
            is not null;

    private static Func<string, string?> HeaderOf(IHeaderDictionary headers) => name => Text(headers, name);

    /// <summary>A whole number, also written as <c>AS64500</c>.</summary>
    private static long? Number(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("AS", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
    }

    /// <summary>The value of a cookie in a <c>Cookie</c> header; null if it is not there.</summary>
    internal static string? CookieOf(ReadOnlySpan<char> header, string name)
    {
        foreach (Range range in header.Split(';'))
        {
            ReadOnlySpan<char> pair = header[range].Trim();
            if (
                pair.Length > name.Length
                && pair[name.Length] == '='
                && pair.StartsWith(name, StringComparison.Ordinal)
            )
                return pair[(name.Length + 1)..].ToString();
        }
        return null;
    }
}
