using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Core.Gate.Rules;

/// <summary>
/// Rule sets as JSON: members have the documents' own names in camelCase (<c>windowMs</c>), enums are words (<see cref="Words"/>). What
/// <see cref="Write"/> gives is read back to the same documents; the form is stored with every publication.
/// </summary>
public static class GateJson
{
    private const int DepthMax = 16;

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = false,
        AllowDuplicateProperties = false,
        MaxDepth = DepthMax,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static byte[] Write(GateDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, Form);

    /// <summary>A part of a rule set, such as a rule, in the same form.</summary>
    public static JsonElement ToElement<T>(T part) => JsonSerializer.SerializeToElement(part, Form);

    /// <summary>Reads a rule set; null, and what is wrong first, if the text is none. Nothing else is checked: see <see cref="GateModel"/>.</summary>
    public static GateDocument? Read(ReadOnlySpan<byte> utf8, out GateIssue? issue)
    {
        try
        {
            issue = null;
            return JsonSerializer.Deserialize<GateDocument>(utf8, Form)
                ?? throw new JsonException("null is no rule set");
        }
        catch (JsonException error)
        {
            issue = IssueOf(error);
            return null;
        }
    }

    /// <summary>The same of an element that this product has stored.</summary>
    internal static GateDocument ReadTrusted(JsonElement document) => document.Deserialize<GateDocument>(Form)!;

    private static GateIssue IssueOf(JsonException error)
    {
        string message = error.Message;
        int place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return new(
            Pointer(error.Path),
            place < 0 ? message : message[..place],
            (int)(error.LineNumber ?? -1) + 1,
            (int)(error.BytePositionInLine ?? -1) + 1
        );
    }

    // "$.rules[3].when" is "/rules/3/when"; no member of the form needs quotes.
    private static string Pointer(string? path)
    {
        StringBuilder pointer = new();
        foreach (char c in (path ?? "$").AsSpan(1))
            if (c is '.' or '[')
                pointer.Append('/');
            else if (c is not (']' or '\''))
                pointer.Append(c);
        return pointer.ToString();
    }
}
