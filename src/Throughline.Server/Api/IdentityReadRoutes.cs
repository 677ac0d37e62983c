using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Every address that tells of identity what would be, what was, and how it stands.</summary>
internal static class IdentityReadRoutes
{
    public static void Map(IEndpointRouteBuilder routes, TenantRegistry registry, TimeProvider clock)
    {
        IdentityEndpoints identity = new(registry, clock);
        PreviewEndpoints previews = new(identity);
        routes
            .MapPost("/v1/identity/links/preview", (Delegate)previews.LinkAsync)
            .For(Access.Tenant, "What a link would do", "Customers and credit that would move; nothing is changed.")
            .Takes<PairPreviewSchema>("application/json")
            .Gives<PreviewSchema>(400, 413, 415);
        routes
            .MapPost("/v1/identity/separations/preview", (Delegate)previews.SeparateAsync)
            .For(
                Access.Tenant,
                "What a separation would do",
                "Links that would lose, customers and credit that would move; nothing is changed."
            )
            .Takes<PairPreviewSchema>("application/json")
            .Gives<PreviewSchema>(400, 413, 415);
        routes
            .MapPost("/v1/blocked-values/preview", (Delegate)previews.BlockAsync)
            .For(
                Access.Tenant,
                "What blocking a value would do",
                "Links that would lose, customers and credit that would move; nothing is changed."
            )
            .Takes<BlockedValueSchema>("application/json")
            .Gives<PreviewSchema>(400, 413, 415);
        EraseEndpoints erase = new(identity);
        routes
            .MapPost("/v1/identity/erase", (Delegate)erase.EraseAsync)
            .For(
                Access.Tenant,
                "Erase a customer",
                "Named by any identifier or by its id; or an identifier alone. What the files hold of it goes after the answer."
            )
            .Takes<EraseRequestSchema>("application/json")
            .Gives<EraseAnswer>(400, 404, 413, 415);
        routes
            .MapPost("/v1/identity/erase/preview", (Delegate)erase.PreviewAsync)
            .For(Access.Tenant, "What an erasure would do", "Links, customers and credit; nothing is changed.")
            .Takes<ErasePreviewRequestSchema>("application/json")
            .Gives<PreviewSchema>(400, 404, 413, 415);
        routes
            .MapGet("/v1/identity/erasures", (Delegate)erase.ListAsync)
            .For(
                Access.Tenant,
                "What was erased",
                "By whose word and why, and whether any file still holds some of it."
            )
            .Gives<ErasuresSchema>();
        routes
            .MapGet("/v1/customers/{id}/history", (Delegate)new HistoryEndpoints(registry).CustomerAsync)
            .For(Access.Tenant, "A customer's history", "What happened to it, in order, each change with its cause.")
            .Gives<CustomerHistorySchema>(404);
        IdentitySettingsEndpoints settings = new(identity);
        routes
            .MapGet("/v1/identity/settings", (Delegate)settings.ReadAsync)
            .For(Access.Tenant, "How identity is watched", "From where on the guards of the graph alarm.")
            .Gives<IdentitySettingsSchema>();
        routes
            .MapPut("/v1/identity/settings", (Delegate)settings.PublishAsync)
            .For(Access.Tenant, "Say how identity is watched", "What is left out is as by default; null is off.")
            .Takes<IdentitySettingsStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
        PastEndpoints past = new(identity, registry);
        routes
            .MapPost("/v1/customers/resolve-as-of", (Delegate)past.ResolveAsync)
            .For(
                Access.Tenant,
                "Find the customer that an identifier had",
                "By the facts with an event time before asOf, and the strategy of then."
            )
            .Takes<PastIdentifierSchema>("application/json")
            .Gives<PastCustomerSchema>(400, 404, 413, 415);
        routes
            .MapGet("/v1/customers/{id}/as-of", (Delegate)past.CustomerAsync)
            .For(Access.Tenant, "A customer as it was", "At time, by the facts and the strategy of then.")
            .Gives<PastCustomerSchema>(400, 404, 410);
    }
}
