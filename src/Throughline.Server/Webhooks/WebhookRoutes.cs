using System.ComponentModel;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>Every address of webhooks and alarms.</summary>
internal static class WebhookRoutes
{
    private const string Json = "application/json";

    public static void Map(
        IEndpointRouteBuilder routes,
        TenantRegistry registry,
        WebhookKeeper keeper,
        TimeProvider clock
    )
    {
        MapWebhooks(routes, new(registry, keeper, clock));
        AlarmEndpoints alarms = new(registry);
        routes
            .MapGet("/v1/alarms", (Delegate)alarms.AllAsync)
            .For(Access.Tenant, "Alarms", "Those that stand, and the latest that were cleared.")
            .Gives<AlarmsSchema>(400);
        routes
            .MapPut("/v1/alarms/settings", (Delegate)alarms.SetAsync)
            .For(Access.Tenant, "Say how alarms are judged", "After how many hours without events a tenant is silent.")
            .Takes<AlarmSettingsSchema>(Json)
            .Gives<AlarmsSchema>(400, 413, 415);
    }

    private static void MapWebhooks(IEndpointRouteBuilder routes, WebhookEndpoints hooks)
    {
        routes
            .MapGet("/v1/webhooks", (Delegate)hooks.AllAsync)
            .For(Access.Tenant, "All webhooks", "And how far their deliveries are.")
            .Gives<WebhooksAnswer>();
        routes
            .MapGet("/v1/webhooks/{id}", (Delegate)hooks.ShowAsync)
            .For(Access.Tenant, "A webhook", "And how far its deliveries are.")
            .Gives<WebhookAnswer>(404);
        routes
            .MapPut("/v1/webhooks/{id}", (Delegate)hooks.PutAsync)
            .For(Access.Tenant, "Create or change a webhook", "A new one's secret is shown this once.")
            .Takes<WebhookSchema>(Json)
            .Gives<WebhookAnswer>(400, 413, 415);
        routes
            .MapDelete("/v1/webhooks/{id}", (Delegate)hooks.RemoveAsync)
            .For(Access.Tenant, "Remove a webhook", "What waits is not delivered any more.")
            .Gives<WebhookRemoved>(404);
        routes
            .MapPost("/v1/webhooks/{id}/rotate", (Delegate)hooks.RotateAsync)
            .For(
                Access.Tenant,
                "Give a webhook a new secret",
                "Shown this once; the one before signs, too, for a while."
            )
            .Takes<WebhookRotationSchema>(Json)
            .Gives<WebhookAnswer>(400, 404, 413, 415);
        routes
            .MapPost("/v1/webhooks/{id}/test", (Delegate)hooks.TestAsync)
            .For(Access.Tenant, "Send a test", "One delivery that tells of nothing, now, whatever else waits.")
            .Takes<WebhookTestSchema>(Json)
            .Gives<WebhookTested>(400, 404, 413, 415);
        routes
            .MapPost("/v1/webhooks/{id}/resume", (Delegate)hooks.ResumeAsync)
            .For(Access.Tenant, "Resume a webhook", "From where it stood, from now on, or from the start.")
            .Takes<WebhookResumeSchema>(Json)
            .Gives<WebhookAnswer>(400, 404, 413, 415);
    }
}

internal sealed record AlarmsSchema(
    IReadOnlyList<AlarmSchema> Alarms,
    [property: Description("The latest, latest first")] IReadOnlyList<AlarmSchema> Cleared,
    AlarmSettingsSchema Settings
);

internal sealed record AlarmSchema(
    [property: Description("Names this raising")] string Alarm,
    string Kind,
    string Subject,
    string Since,
    string? Until,
    double? Value,
    double? Limit,
    string Explanation
);

internal sealed record AlarmSettingsSchema(
    [property: Description("Whole hours without an event after which a tenant is silent, 1 to 168; 24 by default")]
        int? SilenceHours,
    string? Author = null
);
