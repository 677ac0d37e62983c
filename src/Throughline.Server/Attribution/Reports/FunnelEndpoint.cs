using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;

namespace Throughline.Server.Attribution.Reports;

/// <summary><c>GET /v1/events/funnel?steps=&amp;from=&amp;to=&amp;within=</c>: how many customers went how far.</summary>
internal sealed class FunnelEndpoint(CreditDesk desk, TimeProvider clock)
{
    private const int IdentifiersAtOnce = 65_536;
    private const long WithinMax = 1_100L * CreditReportOptions.DayMs;

    public async Task RunAsync(HttpContext context)
    {
        CreditQuery query = new(context, "steps", "from", "to", "within");
        string[] steps = (query.Text("steps", EventLimits.EventType * FunnelOptions.StepsMax) ?? "").Split(',');
        if (steps.Length > FunnelOptions.StepsMax || steps.Any(step => step.Length == 0))
            query.Fail(
                GateProblems.Bad(
                    "steps",
                    $"1 to {FunnelOptions.StepsMax} names of touches, or conversion/KIND, separated by commas"
                )
            );
        (long? from, long? to) = (query.Time("from"), query.Time("to"));
        if (!DurationText.TryParse(query.Text("within") ?? "30d", out long within) || within is < 1 or > WithinMax)
            query.Fail(GateProblems.Bad("within", "a length of time such as 30d, 1h30m, at most 1100d"));
        await desk.UseAsync(
            context,
            query,
            withCustomers: true,
            async reader =>
            {
                (long first, long end) = CreditQuery.Span(from, to, reader.View.Watermark);
                if (first >= end)
                    query.Fail(GateProblems.Bad("from", "before to"));
                if (query.Problem is { } problem)
                {
                    await problem.WriteAsync(context);
                    return;
                }
                FunnelOptions options = new(steps, first, end, within);
                CancellationToken cancellation = context.RequestAborted;
                await LongAnswer.WriteAsync(
                    context,
                    clock,
                    0,
                    _ => Task.Run(() => Run(reader, options, cancellation), cancellation),
                    cancellation
                );
            }
        );
    }

    private static FunnelReport Run(CreditReader reader, FunnelOptions options, CancellationToken cancellation)
    {
        FunnelTally all = new(reader.View, options);
        foreach (
            FunnelTally some in reader.Work(
                (all.Identifiers + IdentifiersAtOnce - 1) / IdentifiersAtOnce,
                () => new FunnelTally(reader.View, options),
                (own, piece) => own.Add(piece * IdentifiersAtOnce, (piece + 1) * IdentifiersAtOnce),
                cancellation
            )
        )
            all.Add(some);
        return all.Finish();
    }
}
