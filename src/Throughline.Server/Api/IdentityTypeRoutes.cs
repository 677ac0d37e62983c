using System.ComponentModel;

namespace Throughline.Server.Api;

/// <summary>The addresses of <see cref="IdentityTypeEndpoints"/>, and the forms of their documents for the description alone.</summary>
internal static class IdentityTypeRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IdentityTypeEndpoints types)
    {
        routes
            .MapGet("/v1/identity/types", (Delegate)types.ShowAsync)
            .For(Access.Tenant, "Identifier types", "As they are configured, and which are frozen.")
            .Gives<IdentifierTypesAnswerSchema>();
        routes
            .MapPut("/v1/identity/types", (Delegate)types.PublishAsync)
            .For(
                Access.Tenant,
                "Configure identifier types",
                "Normalisers, blocked values and derivations hold for what comes from now on, the rest for all facts."
            )
            .Takes<IdentifierTypesStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
        routes
            .MapPut("/v1/identity/freezes", (Delegate)types.FreezeAsync)
            .For(Access.Tenant, "Freeze a type, or no longer", "What is seen of a frozen type links nobody.")
            .Takes<FreezeStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
    }
}

internal sealed record IdentifierTypesSchema(
    int? Version,
    [property: Description("none, placeholders (default) or all")] string? BlockedDefaults,
    IReadOnlyList<IdentifierTypeSchema> Types
);

internal sealed record IdentifierTypeSchema(
    string Type,
    NormaliserSchema? Normaliser,
    [property: Description("person, contact, device, browser, household or session")] string? Class,
    int? Priority,
    BlockedSchema? Blocked,
    long? ValidForMs,
    [property: Description("A CEL expression over the event that gives a value")] string? Derive
);

internal sealed record NormaliserSchema(
    [property: Description("opaque, email, phone, uuid or regex")] string Kind,
    [property: Description("keep (default), lower or upper")] string? Letters,
    string? Pattern,
    string? Replace,
    string? CallingCode
);

internal sealed record BlockedSchema(IReadOnlyList<string>? Values, IReadOnlyList<string>? Patterns);

internal sealed record IdentifierTypesStatementSchema(IdentifierTypesSchema Types, string? Author, string? Note);

internal sealed record IdentifierTypesAnswerSchema(
    IdentifierTypesSchema InForce,
    string? Published,
    string Author,
    string Note,
    IReadOnlyList<FreezeSchema> Freezes
);

internal sealed record FreezeSchema(string Type, bool Frozen, string Since);

internal sealed record FreezeStatementSchema(
    string Type,
    [property: Description("true (default), or false to take it back")] bool? Frozen,
    string Reason,
    string? Author
);
