using Throughline.Server.Api;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>Every address for those who say what a campaign earns.</summary>
internal static class AttributionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, TenantRegistry registry, TimeProvider clock)
    {
        AttributionRuleEndpoints rules = new(registry, clock);
        routes
            .MapPut("/v1/attribution/rules", (Delegate)rules.PublishAsync)
            .For(
                Access.Tenant,
                "Publish attribution rules",
                "Each rule of the document is the next version for its campaign and kind of conversion; with check=true nothing is published. A draft that it was is gone then."
            )
            .Takes<AttributionRulesSchema>(GateBody.Yaml, GateBody.Json)
            .Gives<AttributionPublished>(400, 404, 409, 413, 415);
        routes
            .MapPost("/v1/attribution/rules/try", (Delegate)rules.TryAsync)
            .For(
                Access.Tenant,
                "Try attribution rules",
                "What publishing a document now would change of the credit of all that happened; nothing changes."
            )
            .Takes<AttributionRulesSchema>(GateBody.Yaml, GateBody.Json)
            .Gives<AttributionTried>(400, 413, 415);
        routes
            .MapGet("/v1/attribution/rules", (Delegate)rules.ShowAsync)
            .For(Access.Tenant, "All attribution rules", "With all their versions, those of campaigns among them.")
            .Gives<AttributionRulesAnswer>();
        MapDrafts(routes, new(registry));
        RateEndpoints rates = new(registry);
        routes
            .MapPut("/v1/attribution/rates", (Delegate)rates.PublishAsync)
            .For(
                Access.Tenant,
                "Publish exchange rates",
                "Rates by day, laid over those published before; with check=true nothing is published."
            )
            .Takes<RatesSchema>(RateEndpoints.Csv, GateBody.Yaml, GateBody.Json)
            .Gives<RatesPublished>(400, 413, 415);
        routes
            .MapGet("/v1/attribution/rates", (Delegate)rates.ShowAsync)
            .For(
                Access.Tenant,
                "Exchange rates",
                "All publications, and the rates of the last 31 days that have any, or of all days from since on."
            )
            .Gives<RatesAnswer>(400);
        CreditRoutes.Map(routes, registry, clock);
    }

    private static void MapDrafts(IEndpointRouteBuilder routes, AttributionDraftEndpoints drafts)
    {
        const string One = "/v1/attribution/drafts/{id}";
        routes
            .MapGet("/v1/attribution/drafts", (Delegate)drafts.ListAsync)
            .For(Access.Tenant, "Drafts of attribution rules", "By name, without their text.")
            .Gives<AttributionDraftsAnswer>();
        routes
            .MapPut(One, (Delegate)drafts.SaveAsync)
            .For(
                Access.Tenant,
                "Save a draft of attribution rules",
                "Checked as a publication is, and kept without effect; an earlier one of the name is replaced."
            )
            .Takes<AttributionRulesSchema>(GateBody.Yaml, GateBody.Json)
            .Gives<AttributionDraftSaved>(400, 413, 415);
        routes
            .MapGet(One, (Delegate)drafts.ShowAsync)
            .For(Access.Tenant, "A draft of attribution rules", "With its text.")
            .Gives<AttributionDraftText>(404);
        routes
            .MapDelete(One, (Delegate)drafts.DiscardAsync)
            .For(Access.Tenant, "Discard a draft of attribution rules", "Nothing else changes.")
            .Gives<AttributionDraftDiscarded>(400, 404);
    }
}
