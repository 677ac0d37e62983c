using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>
/// An identifier in a request's body, <c>{"type":"email","value":"…"}</c>: normalised and made a token here, so that its clear
/// value goes no further. It is never part of an address, since addresses end up in logs.
/// </summary>
internal static class IdentifierDocument
{
    public static bool TryRead(
        ObjectReader reader,
        TenantModel tenant,
        ITenantCell cell,
        out string type,
        out Token token,
        out Rejection rejection
    )
    {
        token = default;
        type = reader.Text("type", EventLimits.IdentifierType);
        string value = reader.Text("value", EventLimits.IdentifierValue);
        if (!reader.Finish(out rejection))
            return false;
        if (!IdentifierNormaliser.IsTypeName(Encoding.UTF8.GetBytes(type)))
            reader.Fail(RejectionReason.BadIdentifierType, "type", "The type must match [a-z][a-z0-9_]{0,31}.");
        else if (
            IdentifierNormaliser.Normalise(
                type,
                value,
                tenant.IdentifierRules with
                {
                    Types = cell.Identifiers,
                },
                out byte[] normalised
            ) is
            { } reason
        )
            reader.Fail(reason, "value", "The value is not of the form that its type has.");
        else
            token = cell.Keys.Tokenise(type, normalised);
        return reader.Finish(out rejection);
    }

    /// <summary>The control document that blocks a value or no longer does.</summary>
    public static JsonElement Block(string type, Token token, bool blocked) =>
        JsonSerializer.SerializeToElement(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["blocked"] = blocked,
                ["token"] = token.ToString(),
                ["type"] = type,
            }
        );
}
