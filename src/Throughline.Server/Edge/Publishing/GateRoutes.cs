using Throughline.Server.Api;
using Throughline.Server.Edge.Bots;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Every address for those who steer a tenant's gate.</summary>
internal static class GateRoutes
{
    public static void Map(IEndpointRouteBuilder routes, GateKeeper keeper, GoodBotKeeper bots)
    {
        MapRules(routes, new(keeper));
        MapLists(routes, new(keeper));
        GateSettingsEndpoints settings = new(keeper);
        routes
            .MapGet("/v1/gate/settings", (Delegate)settings.ShowAsync)
            .For(Access.Tenant, "How the gate is run", "Four eyes, the share guard, whether answers wait for records.")
            .Gives<GateSettingsDocument>();
        routes
            .MapPut("/v1/gate/settings", (Delegate)settings.SetAsync)
            .For(Access.Tenant, "Say how the gate is run", "What is not named stays as it is.")
            .Takes<GateSettingsSchema>(GateBody.Json)
            .Gives<GateSettingsDocument>(400, 413, 415);
        routes
            .MapGet("/v1/gate/bots", (Delegate)new GoodBotsEndpoint(bots).ShowAsync)
            .For(Access.Tenant, "What is known of good bots", "Published lists of addresses with their age, and names.")
            .Gives<GoodBotsAnswer>();
        routes
            .MapGet("/v1/gate/audit", (Delegate)new GateAuditEndpoint(keeper).RunAsync)
            .For(
                Access.Tenant,
                "Verify the records of decisions",
                "Reads all of them: any that was changed, removed or added is found, and lost ones are named."
            )
            .Gives<GateAuditAnswer>();
    }

    private static void MapRules(IEndpointRouteBuilder routes, GateRulesEndpoints rules)
    {
        routes
            .MapPut("/v1/gate/rules", (Delegate)rules.PublishAsync)
            .For(
                Access.Tenant,
                "Publish the next version of the rules",
                "author is required; note, base and confirm may stand beside it in the address. In force when it is answered."
            )
            .Takes<GateRulesSchema>(GateBody.Yaml, GateBody.Json)
            .Gives<GatePublished>(400, 409, 413, 415);
        routes
            .MapGet("/v1/gate/rules", (Delegate)rules.ShowAsync)
            .For(Access.Tenant, "The rules in force", "Or those of a version; as YAML with Accept: application/yaml.")
            .Gives<GateRulesAnswer>(400, 404);
        routes
            .MapGet("/v1/gate/rules/versions", (Delegate)rules.VersionsAsync)
            .For(Access.Tenant, "All versions of the rules", "Who published them, when and why.")
            .Gives<GateVersionsAnswer>();
        routes
            .MapGet("/v1/gate/rules/diff", (Delegate)rules.DiffAsync)
            .For(Access.Tenant, "What differs between two versions", "from and to; the last two without them.")
            .Gives<GateDiffAnswer>(400, 404);
        routes
            .MapPost("/v1/gate/rules/rollback", (Delegate)rules.RollbackAsync)
            .For(Access.Tenant, "Publish an older version again", "In force when it is answered.")
            .Takes<GateRollbackSchema>(GateBody.Json)
            .Gives<GatePublished>(400, 404, 409, 413, 415);
        routes
            .MapPost("/v1/gate/rules/proposals", (Delegate)rules.ProposeAsync)
            .For(Access.Tenant, "Propose rules", "Checked and kept, not in force; parameters as when publishing.")
            .Takes<GateRulesSchema>(GateBody.Yaml, GateBody.Json)
            .Gives<GateProposed>(201, [400, 409, 413, 415]);
        routes
            .MapGet("/v1/gate/rules/proposals", (Delegate)rules.ProposalsAsync)
            .For(Access.Tenant, "All proposals", "With the versions that they became.")
            .Gives<GateProposalsAnswer>();
        routes
            .MapPost("/v1/gate/rules/proposals/{id}/approve", (Delegate)rules.ApproveAsync)
            .For(Access.Tenant, "Approve a proposal", "By another than its author; it is published then.")
            .Takes<GateApprovalSchema>(GateBody.Json)
            .Gives<GatePublished>(400, 404, 409, 413, 415);
    }

    private static void MapLists(IEndpointRouteBuilder routes, GateListEndpoints lists)
    {
        routes
            .MapGet("/v1/gate/lists", (Delegate)lists.AllAsync)
            .For(Access.Tenant, "All lists", "With how many entries they hold.")
            .Gives<GateListsAnswer>();
        routes
            .MapGet("/v1/gate/lists/{id}", (Delegate)lists.ShowAsync)
            .For(Access.Tenant, "A list", "All entries that count now, those that rules have added too.")
            .Gives<GateListAnswer>(404);
        routes
            .MapPost("/v1/gate/lists/{id}/entries", (Delegate)lists.AddAsync)
            .For(Access.Tenant, "Add entries to a list", "Or renew them; as text one value a line.")
            .Takes<GateEntriesSchema>(GateBody.Json, "text/plain")
            .Gives<GateListChanged>(400, 413, 415);
        routes
            .MapPut("/v1/gate/lists/{id}/entries", (Delegate)lists.ReplaceAsync)
            .For(Access.Tenant, "Replace a source's entries", "All of them at once; those of other sources stay.")
            .Takes<GateEntriesSchema>(GateBody.Json, "text/plain")
            .Gives<GateListChanged>(400, 413, 415);
        routes
            .MapDelete("/v1/gate/lists/{id}/entries", (Delegate)lists.RemoveAsync)
            .For(Access.Tenant, "Remove entries from a list", "Of one source, or of all.")
            .Takes<GateRemovalSchema>(GateBody.Json)
            .Gives<GateListChanged>(400, 404, 413, 415);
    }
}
