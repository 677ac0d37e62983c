using Throughline.Core.Attribution.Incrementality;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Reports;
using Throughline.Server.Api;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Publishing;

namespace Throughline.Server.Edge.Reports;

/// <summary>Every address that tells what a tenant's gate did, or would do.</summary>
internal static class ReportRoutes
{
    public static void Map(IEndpointRouteBuilder routes, GateKeeper keeper, TimeProvider clock)
    {
        routes
            .MapGet("/v1/gate/report", (Delegate)new GateReportEndpoint(keeper, clock).RunAsync)
            .For(
                Access.Tenant,
                "What the gate did",
                "from and to (RFC 3339 or milliseconds; the last 24 hours), step (such as 5m), top; with Accept: application/x-ndjson lines of progress, then the report."
            )
            .Gives<GateReport>(400);
        routes
            .MapPost("/v1/gate/backtest", (Delegate)new GateBacktestEndpoint(keeper, clock).RunAsync)
            .For(
                Access.Tenant,
                "Try a draft of rules on the stored decisions",
                "from and to stand in the address. Counters are rebuilt in the order of the requests' times; what the records lack is named."
            )
            .Takes<GateBacktestSchema>(GateBody.Json)
            .Gives<BacktestReport>(400, 404, 413, 415);
        routes
            .MapGet("/v1/attribution/incrementality", (Delegate)new IncrementalityEndpoint(keeper, clock).RunAsync)
            .For(
                Access.Tenant,
                "What campaigns caused, by declared hold-outs",
                "from and to of declarations (the last 90 days), window (30d), campaign; beside what rules credit to them."
            )
            .Gives<IncrementalityReport>(400);
        ImpactEndpoint impact = new(keeper, clock);
        routes
            .MapGet("/v1/gate/impact", (Delegate)impact.StoredAsync)
            .For(
                Access.Tenant,
                "What rules cost and saved in conversions",
                "from and to (the last 7 days), window (7d), rule, credit (true or false); of stored decisions as they were made."
            )
            .Gives<ImpactReport>(400);
        routes
            .MapPost("/v1/gate/impact", (Delegate)impact.DraftAsync)
            .For(
                Access.Tenant,
                "What a draft of rules would hit in conversions",
                "The draft is tried on the stored decisions, as in a backtest; the address has the same members as of GET."
            )
            .Takes<ImpactSchema>(GateBody.Json)
            .Gives<ImpactReport>(400, 404, 413, 415);
        routes
            .MapPost("/v1/gate/bypasses", (Delegate)new BypassEndpoint(keeper).RunAsync)
            .For(
                Access.Tenant,
                "Record requests that went past the gate",
                "One a line, from an access log; known ones are duplicates."
            )
            .Takes<GateBypassSchema>(BypassEndpoint.Lines)
            .Gives<BypassReceipt>(400, 413, 415);
    }
}
