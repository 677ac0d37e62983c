using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Server.Api;
using Throughline.Server.Attribution.Examples;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Every address that tells what was earned, and by whom.</summary>
internal static class CreditRoutes
{
    public static void Map(IEndpointRouteBuilder routes, TenantRegistry registry, TimeProvider clock)
    {
        CreditDesk desk = new(registry);
        SpendEndpoints spend = new(registry, desk);
        routes
            .MapGet("/v1/attribution/report", (Delegate)new CreditReportEndpoint(desk, clock).RunAsync)
            .For(
                Access.Tenant,
                "What touches earned and cost",
                "date (conversion, touch), by (campaign, channel, creative, placement, kind, conversion; none), step (day, all), from, to, conversion, form (json, csv); with Accept: application/x-ndjson lines of progress, then the report."
            )
            .Gives<CreditReport>(400);
        routes
            .MapGet("/v1/attribution/export", (Delegate)new CreditExportEndpoint(desk).RunAsync)
            .For(
                Access.Tenant,
                "Current credit row by row",
                "what (credits, explanations), form (csv, ndjson), from, to, after (a position), since (a result), limit (conversions). Rows ascend by the conversion's position."
            )
            .GivesLines();
        ExampleEndpoints examples = new(desk, clock);
        routes
            .MapGet("/v1/attribution/examples", (Delegate)examples.StreamAsync)
            .For(
                Access.Tenant,
                "Touches as examples for machine learning, row by row",
                "form (csv, ndjson), from, to, kind (several with commas), campaign, one_in (of those without credit), seed, invalid (true: bots' too), after (a place), limit. Rows ascend by time and id."
            )
            .GivesLines();
        routes
            .MapGet("/v1/attribution/examples/card", (Delegate)examples.CardAsync)
            .For(
                Access.Tenant,
                "What is in the examples, and whether features drift",
                "What the examples take, split (begin of the second period), form (json, markdown); with Accept: application/x-ndjson lines of progress first."
            )
            .Gives<DataCard>(400);
        routes
            .MapGet("/v1/attribution/paths", (Delegate)new PathEndpoint(desk, clock).RunAsync)
            .For(
                Access.Tenant,
                "Which ways led to conversions, and which to none",
                "by (campaign, channel, kind), from, to, conversion, collapse, length, top; and how long it took. With Accept: application/x-ndjson lines of progress first."
            )
            .Gives<PathReport>(400);
        routes
            .MapPut("/v1/attribution/spend", (Delegate)spend.PublishAsync)
            .For(
                Access.Tenant,
                "Tell what advertising cost",
                "By day, campaign and currency; of one key the latest statement holds."
            )
            .Takes<SpendStatement>(GateBody.Json)
            .Gives<SpendPublished>(400, 413, 415);
        routes
            .MapGet("/v1/attribution/spend", (Delegate)spend.ShowAsync)
            .For(Access.Tenant, "What advertising cost", "from and to: days.")
            .Gives<SpendAnswer>(400);
        JourneyEndpoints journeys = new(registry);
        routes
            .MapGet("/v1/customers/{id}/timeline", (Delegate)journeys.TimelineAsync)
            .For(
                Access.Tenant,
                "A customer's timeline",
                "All events that show one of its identifiers, what they earned, and how the customer changed; after and limit page it."
            )
            .Gives<TimelineSchema>(400, 404);
        routes
            .MapGet("/v1/events/funnel", (Delegate)new FunnelEndpoint(desk, clock).RunAsync)
            .For(
                Access.Tenant,
                "How many customers went how far",
                "steps (names of touches, conversion/KIND, with commas), from, to (of first steps), within (30d)."
            )
            .Gives<FunnelReport>(400);
        routes
            .MapGet("/v1/events/volume", (Delegate)journeys.VolumeAsync)
            .For(
                Access.Tenant,
                "How many events of each name came",
                "from, to, step (hour, day), name; and which names alarm, since far fewer came than is usual at that hour of the week."
            )
            .Gives<VolumeSchema>(400);
    }
}
