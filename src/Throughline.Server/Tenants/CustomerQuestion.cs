using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Storage.Keys;

namespace Throughline.Server.Tenants;

/// <summary>Who is behind a request?</summary>
/// <param name="Identifiers">Types and values as they came; the first that belongs to a customer counts.</param>
/// <param name="Address">The client's, as text; null if it is not known.</param>
/// <param name="Time">Of the request, milliseconds since 1970.</param>
public sealed record CustomerQuestion(
    IReadOnlyList<(string Type, string Value)> Identifiers,
    string? Address,
    long Time
)
{
    /// <summary>The tokens of the identifiers; values that are none are left out.</summary>
    internal IReadOnlyList<Token> Tokens(ITenantKeys keys, IdentifierCatalog types)
    {
        IdentifierRules rules = IdentifierRules.Default with { Types = types };
        List<Token> tokens = [];
        foreach ((string type, string value) in Identifiers)
        {
            byte[] raw = Encoding.UTF8.GetBytes(value);
            byte[] normalised = new byte[IdentifierNormaliser.MaxSize(raw.Length)];
            if (IdentifierNormaliser.Normalise(type, raw, rules, normalised, out int length) is null)
                tokens.Add(keys.Tokenise(type, normalised.AsSpan(0, length)));
        }
        return tokens;
    }

    /// <summary>The token of the address.</summary>
    internal Token? AddressToken(ITenantKeys keys) =>
        Address is null ? null : keys.Tokenise("address", Encoding.UTF8.GetBytes(Address));
}
