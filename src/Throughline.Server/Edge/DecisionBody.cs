using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Api;

namespace Throughline.Server.Edge;

/// <summary>The body of <c>POST /v1/decisions</c>: a request as an application saw it.</summary>
internal static class DecisionBody
{
    private const int TargetMax = 16_384;
    private const int NameMax = 256;
    private const int ValueMax = 16_384;
    private const int HeadersMax = 200;

    /// <summary>Fills the request in.</summary>
    /// <param name="complete">Derives what follows from the headers.</param>
    public static bool TryRead(JsonElement body, EdgeRequest request, Action complete, out Rejection rejection)
    {
        ObjectReader reader = new(body);
        request.Method = reader.Text("method", max: 32);
        string url = reader.Text("url", TargetMax, otherwise: "");
        string path = reader.Text("path", TargetMax, otherwise: "");
        string query = reader.Text("query", TargetMax, otherwise: "");
        ReadHeaders(reader, request);
        complete();
        request.Host = Optional(reader, "host", NameMax) ?? request.Host ?? request.Header("host");
        request.Scheme = Optional(reader, "scheme", NameMax);
        ReadTarget(reader, request, url, path, query);
        request.Protocol = Optional(reader, "protocol", NameMax);
        request.UserAgent = Optional(reader, "userAgent", ValueMax) ?? request.UserAgent;
        request.Referrer = Optional(reader, "referrer", ValueMax) ?? request.Referrer;
        request.Session = Optional(reader, "session", ValueMax) ?? request.Session;
        request.Ja3 = Optional(reader, "ja3", NameMax) ?? request.Ja3;
        request.Ja4 = Optional(reader, "ja4", NameMax) ?? request.Ja4;
        request.Country = Optional(reader, "country", NameMax) ?? request.Country;
        int asn = reader.Integer("asn", 0, int.MaxValue, otherwise: -1);
        request.Asn = asn < 0 ? request.Asn : asn;
        if (Optional(reader, "address", NameMax) is { } address)
            ReadAddress(reader, request, address);
        if (request.UserAgent is not null)
            request.Knowledge |= RequestKnowledge.Agent;
        if (request.Host is not null)
            request.Knowledge |= RequestKnowledge.Host;
        return reader.Finish(out rejection);
    }

    private static string? Optional(ObjectReader reader, string name, int max) =>
        reader.Text(name, max, otherwise: "") is { Length: > 0 } text ? text : null;

    // A list of pairs has an order, an object has none.
    private static void ReadHeaders(ObjectReader reader, EdgeRequest request)
    {
        if (reader.Element("headers") is not { } headers)
            return;
        request.Knowledge |= RequestReader.AllHeaders & ~RequestKnowledge.Host;
        bool ok = headers.ValueKind switch
        {
            JsonValueKind.Array => TryPairs(headers, request),
            JsonValueKind.Object => TryMembers(headers, request),
            _ => false,
        };
        if (!ok)
            reader.Fail(
                RejectionReason.WrongType,
                "headers",
                $"The headers are a list of [name, value] in their order, or an object; at most {HeadersMax}."
            );
    }

    private static bool TryPairs(JsonElement headers, EdgeRequest request)
    {
        request.Knowledge |= RequestKnowledge.HeaderOrder;
        foreach (JsonElement pair in headers.EnumerateArray())
        {
            if (
                pair.ValueKind != JsonValueKind.Array
                || pair.GetArrayLength() != 2
                || !TryAdd(request, ObjectReader.TextOf(pair[0]), pair[1])
            )
                return false;
        }
        return true;
    }

    private static bool TryMembers(JsonElement headers, EdgeRequest request)
    {
        foreach (JsonProperty header in headers.EnumerateObject())
        {
            string? name = ObjectReader.NameOf(header);
            if (header.Value.ValueKind != JsonValueKind.Array)
            {
                if (!TryAdd(request, name, header.Value))
                    return false;
                continue;
            }
            foreach (JsonElement value in header.Value.EnumerateArray())
                if (!TryAdd(request, name, value))
                    return false;
        }
        return true;
    }

    private static bool TryAdd(EdgeRequest request, string? name, JsonElement value)
    {
        if (
            name is not { Length: > 0 and <= NameMax }
            || request.Headers.Count >= HeadersMax
            || ObjectReader.TextOf(value) is not { Length: <= ValueMax } text
        )
            return false;
        request.Headers.Add(new(HeaderNames.Lower(name), text));
        return true;
    }

    private static void ReadTarget(ObjectReader reader, EdgeRequest request, string url, string path, string query)
    {
        if (url.Length == 0)
        {
            (request.Path, request.Query) = (path, query);
            if (!path.StartsWith('/'))
                reader.Fail(RejectionReason.BadValue, "path", "Send the path, from its slash on, or the whole url.");
            return;
        }
        ReadOnlySpan<char> rest = url;
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && !url.AsSpan(0, scheme).ContainsAny('/', '?'))
        {
            request.Scheme = url[..scheme].ToLowerInvariant();
            rest = rest[(scheme + 3)..];
            int end = rest.IndexOfAny('/', '?');
            request.Host = (end < 0 ? rest : rest[..end]).ToString();
            rest = end < 0 ? "/" : rest[end..];
        }
        int fragment = rest.IndexOf('#');
        if (!RequestReader.TryTarget(fragment < 0 ? rest : rest[..fragment], request))
            reader.Fail(RejectionReason.BadValue, "url", "The url begins with a slash or names scheme and host.");
    }

    private static void ReadAddress(ObjectReader reader, EdgeRequest request, string text)
    {
        if (ClientAddress.TryParse(text, out IpAddress address))
            request.Address = address;
        else
            reader.Fail(RejectionReason.BadValue, "address", "The address is neither IPv4 nor IPv6.");
    }
}
