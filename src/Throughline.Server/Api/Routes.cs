using Throughline.Server.Edge;
using Throughline.Server.Ingest;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>Every address of the API, what it asks of its caller and what it answers.</summary>
internal static class Routes
{
    public static void Map(
        IEndpointRouteBuilder routes,
        EventsEndpoint events,
        DecisionEndpoints decisions,
        QueryEndpoints queries,
        ControlEndpoints control,
        IdentityEndpoints identity,
        IdentityTypeEndpoints identityTypes,
        TenantEndpoints tenants,
        HealthEndpoints health
    )
    {
        routes
            .MapPost("/v1/events", (Delegate)events.HandleAsync)
            .For(Access.Tenant, "Take events in", "One event, an array, or one a line; answered when all are durable.")
            .Takes<EventSchema[]>("application/json", "application/x-ndjson")
            .Gives<EventResultsSchema>(400, 408, 413, 415, 429);

        routes
            .MapPost("/v1/decisions", (Delegate)decisions.DecideAsync)
            .For(Access.Tenant, "Judge a request", "For applications; proxies have contracts of their own.")
            .Takes<RequestSchema>("application/json")
            .Gives<EdgeDecisionSchema>(400, 413, 415);
        routes
            .MapPost("/v1/decisions/{id}/response", (Delegate)decisions.ResponseAsync)
            .For(
                Access.Tenant,
                "Tell how a judged request was answered",
                "Counters and rules of the response phase see it."
            )
            .Takes<ResponseSchema>("application/json")
            .Gives<FeedbackAnswer>(400, 404, 413, 415);
        routes
            .MapPost("/v1/decisions/responses", (Delegate)decisions.ResponsesAsync)
            .For(Access.Tenant, "Tell how many requests were answered", "One a line, each with the decision's id.")
            .Takes<ResponseLineSchema>("application/x-ndjson")
            .Gives<FeedbackReceipt>(400, 413, 415);

        routes
            .MapPost("/v1/customers/resolve", (Delegate)queries.ResolveAsync)
            .For(
                Access.Tenant,
                "Find a customer by an identifier",
                "An identifier never stands in an address: this is a POST."
            )
            .Takes<IdentifierSchema>("application/json")
            .Gives<ResolvedSchema>(400, 404, 413, 415);
        routes
            .MapPost("/v1/customers/resolve-many", (Delegate)queries.ResolveManyAsync)
            .For(Access.Tenant, "Find the customers of many identifiers", "At most 1,000, answered in their order.")
            .Takes<IdentifiersSchema>("application/json")
            .Gives<ResolvedManySchema>(400, 413, 415);
        routes
            .MapGet("/v1/customers/{id}", (Delegate)queries.CustomerAsync)
            .For(Access.Tenant, "A customer", "Its identifiers as tokens, and since when they belong together.")
            .Gives<CustomerSchema>(404);
        routes
            .MapGet("/v1/customers/{id}/journey", (Delegate)queries.JourneyAsync)
            .For(Access.Tenant, "A customer's journey", "Touches and conversions in time order.")
            .Gives<JourneySchema>(404, 410);
        routes
            .MapGet("/v1/decisions/{id}", (Delegate)queries.DecisionAsync)
            .For(Access.Tenant, "A decision", "What an edge did with a request, and the verdict on its actor.")
            .Gives<DecisionSchema>(404);
        routes
            .MapGet("/v1/conversions/{id}", (Delegate)queries.ConversionAsync)
            .For(Access.Tenant, "A conversion", "Who earned it, and what came of its refunds.")
            .Gives<ConversionSchema>(404);
        routes
            .MapGet("/v1/why/{id}", (Delegate)queries.WhyAsync)
            .For(Access.Tenant, "Why", "The explanation of a decision, customer or conversion, derived again.")
            .Gives<WhySchema>(404, 410);

        routes
            .MapPut("/v1/campaigns/{id}", (Delegate)control.CampaignAsync)
            .For(Access.Tenant, "Publish a campaign's rule", "Each publication is the next version.")
            .Takes<CampaignSchema>("application/json")
            .Gives<CampaignReceipt>(400, 413, 415);
        routes
            .MapGet("/v1/campaigns", (Delegate)queries.CampaignsAsync)
            .For(Access.Tenant, "All campaigns", "With all their versions.")
            .Gives<CampaignsSchema>();
        routes
            .MapPut("/v1/blocked-values", (Delegate)control.BlockedValueAsync)
            .For(Access.Tenant, "Block a value, or no longer", "A blocked value identifies nobody.")
            .Takes<BlockedValueSchema>("application/json")
            .Gives<BlockedValueReceipt>(400, 413, 415);
        MapIdentity(routes, identity);
        IdentityTypeRoutes.Map(routes, identityTypes);
        routes
            .MapGet("/v1/state", (Delegate)queries.StateAsync)
            .For(Access.Tenant, "How far it is", "With settled=true it answers once nothing is left to be worked out.")
            .Gives<StateAnswer>();

        routes
            .MapGet("/v1/tenants", (Delegate)tenants.ListAsync)
            .For(Access.Control, "All tenants", "With the control key of the data folder.")
            .Gives<TenantList>();
        routes
            .MapPost("/v1/tenants", (Delegate)tenants.CreateAsync)
            .For(Access.Control, "Create a tenant", "Answers its first API key, which is shown this once.")
            .Takes<TenantSchema>("application/json")
            .Gives<IssuedKey>(201, [400, 409, 413, 415]);
        routes
            .MapPost("/v1/tenants/{id}/keys", (Delegate)tenants.IssueKeyAsync)
            .For(Access.Control, "Issue one more API key", "Shown this once.")
            .Gives<IssuedKey>(201, [400, 404]);
        routes
            .MapPost("/v1/tenants/{id}/replay", (Delegate)queries.ReplayAsync)
            .For(
                Access.Control,
                "Apply a tenant's events again",
                "In memory, by order=log or order=time; compares the results."
            )
            .Gives<ReplayAnswer>(404);

        routes.MapGet("/healthz", (Delegate)health.AliveAsync).Open("Is it alive?").Gives<Health>();
        routes.MapGet("/readyz", (Delegate)health.ReadyAsync).Open("May it get traffic?").Gives<Health>();
        routes.MapGet("/metrics", (Delegate)health.MetricsAsync).Open("Metrics in Prometheus' text format").GivesText();
        routes.MapOpenApi("/openapi/{documentName}.json");
    }

    private static void MapIdentity(IEndpointRouteBuilder routes, IdentityEndpoints identity)
    {
        routes
            .MapGet("/v1/identity/strategies", (Delegate)identity.StrategiesAsync)
            .For(Access.Tenant, "Identity strategies", "The one in force, and all that were published.")
            .Gives<StrategiesSchema>();
        routes
            .MapPut("/v1/identity/strategy", (Delegate)identity.PublishAsync)
            .For(
                Access.Tenant,
                "Put a strategy in force",
                "Customers are put together anew, and what follows from them."
            )
            .Takes<StrategyStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
        routes
            .MapPost("/v1/identity/strategies/try", (Delegate)identity.TryAsync)
            .For(Access.Tenant, "Try a strategy", "What it would change, on all stored facts; nothing is changed.")
            .Takes<StrategyTrialSchema>("application/json")
            .Gives<StrategyReportSchema>(400, 413, 415);
        routes
            .MapPut("/v1/identity/links", (Delegate)identity.LinkAsync)
            .For(Access.Tenant, "Link two identifiers, or no longer", "An operator's word, before all that was seen.")
            .Takes<PairStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
        routes
            .MapPut("/v1/identity/separations", (Delegate)identity.SeparateAsync)
            .For(Access.Tenant, "Separate two identifiers, or no longer", "It holds against all that will be seen.")
            .Takes<PairStatementSchema>("application/json")
            .Gives<IdentityReceipt>(400, 413, 415);
        routes
            .MapPost("/v1/identity/why", (Delegate)identity.WhyAsync)
            .For(Access.Tenant, "Why one customer, or not", "The path of evidence, or the guard that keeps two apart.")
            .Takes<PairSchema>("application/json")
            .Gives<PairWhySchema>(400, 413, 415);
        routes
            .MapGet("/v1/identity/health", (Delegate)identity.HealthAsync)
            .For(Access.Tenant, "How the graph looks", "Sizes of customers, shared values, limits hit.")
            .Gives<IdentityHealthSchema>();
    }
}
