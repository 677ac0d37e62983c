using System.Text;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Signatures;

/// <summary>
/// A request's signature by Web Bot Auth, taken apart: HTTP Message Signatures (RFC 9421) with the tag <c>web-bot-auth</c>
/// (draft-meunier-web-bot-auth-architecture), and the text that was signed.
/// </summary>
internal sealed class MessageSignature
{
    public const string Tag = "web-bot-auth";

    /// <summary>Signatures of a request that are looked at: proxies on the way may have added theirs.</summary>
    private const int SignaturesMax = 8;

    private MessageSignature() { }

    public required string KeyId { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <inheritdoc cref="Created"/>
    public required long Expires { get; init; }
    public string? Nonce { get; init; }

    /// <summary>Who is said to have signed: the origin of <c>Signature-Agent</c>; null: it does not say.</summary>
    public string? Agent { get; init; }
    public required byte[] Signature { get; init; }

    /// <summary>The signature base (RFC 9421, 2.5).</summary>
    public required byte[] Base { get; init; }

    /// <summary>Whether a request has a signature at all: most have none, and cost no more than this.</summary>
    public static bool IsSigned(EdgeRequest request) => request.Header("signature-input") is not null;

    /// <summary>The signature of the tag; null if there is none that holds what it must: then <paramref name="fault"/> says why.</summary>
    public static MessageSignature? Read(EdgeRequest request, out string? fault)
    {
        fault = null;
        if (
            FieldOf(request, "signature-input") is not { } inputField
            || FieldOf(request, "signature") is not { } signatureField
            || StructuredField.Dictionary(inputField) is not { } inputs
            || StructuredField.Dictionary(signatureField) is not { } signatures
        )
        {
            fault = "Signature-Input or Signature is no dictionary";
            return null;
        }
        foreach (FieldMember input in inputs.Take(SignaturesMax))
            if (input["tag"].Text == Tag)
                return Read(request, input, signatures.FirstOrDefault(x => x.Key == input.Key), out fault);
        return null; // signed for something else
    }

    private static MessageSignature? Read(
        EdgeRequest request,
        FieldMember input,
        FieldMember? signature,
        out string? fault
    )
    {
        if (
            input.Items is not { } components
            || signature is not { Items: null }
            || StructuredField.BytesOf(signature.Value) is not { Length: Ed25519.SignatureSize } bytes
        )
        {
            fault = "the signature is not 64 bytes, or covers nothing";
            return null;
        }
        if (input["alg"].Value is { } alg && alg != "\"ed25519\"")
        {
            fault = "the algorithm is not ed25519";
            return null;
        }
        if (
            input["keyid"].Text is not { } key
            || input["created"].Number is not { } created
            || input["expires"].Number is not { } expires
        )
        {
            fault = "keyid, created or expires is missing";
            return null;
        }
        string? nonce = input["nonce"].Text;
        if (input["nonce"].Value is not null && nonce is null)
        {
            fault = "the nonce is no string";
            return null;
        }
        bool coversHost = components.Any(x =>
            x.Value is "\"@authority\"" or "\"@target-uri\"" && x.Parameters.Count == 0
        );
        FieldItem? ofAgent = components.FirstOrDefault(x => x.Value == "\"signature-agent\"");
        bool hasAgent = request.Header("signature-agent") is not null;
        if (!coversHost || (hasAgent && ofAgent is null))
        {
            fault = "the signature covers neither @authority nor @target-uri, or not signature-agent";
            return null;
        }
        if (SignatureBase.Of(request, components, input.Parameters) is not { } text)
        {
            fault = "a component that is covered is not in the request, or not known here";
            return null;
        }
        string? agent = hasAgent ? SignatureBase.AgentOf(request, ofAgent!) : null;
        fault = hasAgent && agent is null ? "Signature-Agent names no origin" : null;
        return fault is not null
            ? null
            : new()
            {
                KeyId = key,
                Created = created,
                Expires = expires,
                Nonce = nonce,
                Agent = agent,
                Signature = bytes,
                Base = Encoding.ASCII.GetBytes(text),
            };
    }

    /// <summary>All lines of a field, joined; null if there is none.</summary>
    internal static string? FieldOf(EdgeRequest request, string name)
    {
        string? found = null;
        foreach (HeaderField field in request.Headers)
            if (field.Name == name)
                found = found is null ? field.Value.Trim(' ', '\t') : found + ", " + field.Value.Trim(' ', '\t');
        return found;
    }
}
