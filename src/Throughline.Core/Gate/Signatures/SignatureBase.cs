using System.Text;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// The text that a signature of a request is of (RFC 9421, 2.5): a line for each component that it covers, and one for its parameters. A
/// component that is not there, stands twice, or asks for what is not known here, leaves no text: nothing is guessed.
/// </summary>
internal static class SignatureBase
{
    private const int SizeMax = 32_768;

    /// <summary>The text; null if it cannot be made.</summary>
    public static string? Of(
        EdgeRequest request,
        IReadOnlyList<FieldItem> components,
        IReadOnlyList<FieldParameter> parameters
    )
    {
        StringBuilder text = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (FieldItem component in components)
        {
            int start = text.Length;
            text.Append(component.Value);
            StructuredField.Serialise(text, component.Parameters);
            if (!seen.Add(text.ToString(start, text.Length - start)))
                return null;
            if (ValueOf(request, component) is not { } value || value.AsSpan().IndexOfAny('\n', '\r') >= 0)
                return null;
            text.Append(": ").Append(value).Append('\n');
            if (text.Length > SizeMax)
                return null;
        }
        text.Append("\"@signature-params\": ").Append(StructuredField.Serialise(components, parameters));
        string whole = text.ToString();
        return Ascii.IsValid(whole) ? whole : null;
    }

    /// <summary>The origin that <c>Signature-Agent</c> names in its covered member; null if it is none.</summary>
    public static string? AgentOf(EdgeRequest request, FieldItem component)
    {
        string field = MessageSignature.FieldOf(request, "signature-agent")!;
        string? key = component.Parameters.FirstOrDefault(x => x.Name == "key").Text;
        string? value = key is null
            ? StructuredField.TextOf(StructuredField.Item(field)?.Value)
            : StructuredField.TextOf(StructuredField.Dictionary(field)?.FirstOrDefault(x => x.Key == key)?.Value);
        return OriginOf(value);
    }

    /// <summary>Scheme and authority of an address, in lower case; null if it is no http or https address.</summary>
    public static string? OriginOf(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Authority).ToLowerInvariant()
            : null;

    private static string? ValueOf(EdgeRequest request, FieldItem component)
    {
        if (StructuredField.TextOf(component.Value) is not { Length: > 0 } name)
            return null;
        if (name[0] == '@')
            return component.Parameters.Count == 0 ? DerivedOf(request, name) : null;
        if (name.Any(char.IsAsciiLetterUpper) || MessageSignature.FieldOf(request, name) is not { } field)
            return null;
        return component.Parameters switch
        {
            [] => field,
            [{ Name: "key" } key] => MemberOf(field, key.Text),
            _ => null, // sf, bs, tr, req: what proxies left of the field would not do
        };
    }

    // RFC 9421, 2.1.2: the member, serialised.
    private static string? MemberOf(string field, string? key)
    {
        if (StructuredField.Dictionary(field)?.FirstOrDefault(x => x.Key == key) is not { } member)
            return null;
        if (member.Items is { } items)
            return StructuredField.Serialise(items, member.Parameters);
        StringBuilder text = new(member.Value);
        StructuredField.Serialise(text, member.Parameters);
        return text.ToString();
    }

    private static string? DerivedOf(EdgeRequest request, string name) =>
        name switch
        {
            "@method" => request.Method,
            "@authority" => AuthorityOf(request),
            "@scheme" => request.Scheme?.ToLowerInvariant(),
            "@path" => request.Path,
            "@query" => "?" + request.Query,
            "@request-target" => TargetOf(request),
            "@target-uri" when request.Scheme is { } scheme && AuthorityOf(request) is { } authority =>
                $"{scheme.ToLowerInvariant()}://{authority}{TargetOf(request)}",
            _ => null,
        };

    private static string TargetOf(EdgeRequest request) =>
        request.Query.Length == 0 ? request.Path : request.Path + "?" + request.Query;

    // In lower case, without the port that the scheme has anyhow; where the scheme is not known, neither is told from the other.
    private static string? AuthorityOf(EdgeRequest request)
    {
        if (request.Host is not { Length: > 0 } host)
            return null;
        string lower = host.ToLowerInvariant();
        string? usual = request.Scheme?.ToLowerInvariant() switch
        {
            "https" => ":443",
            "http" => ":80",
            _ => null,
        };
        return usual is not null && lower.EndsWith(usual, StringComparison.Ordinal) ? lower[..^usual.Length] : lower;
    }
}
