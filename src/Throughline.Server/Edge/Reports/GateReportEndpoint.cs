using Throughline.Core.Gate.Reports;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;

namespace Throughline.Server.Edge.Reports;

/// <summary><c>GET /v1/gate/report?from=&amp;to=&amp;step=&amp;top=</c>: what the stored decisions of a time say.</summary>
internal sealed class GateReportEndpoint(GateKeeper keeper, TimeProvider clock)
{
    public async Task RunAsync(HttpContext context)
    {
        ReportQuery query = new(context, clock, "from", "to", "step", "top");
        ReportOptions options = query.Read();
        if (query.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        CancellationToken cancellation = context.RequestAborted;
        await keeper.ReadAsync(
            context.Tenant().Id,
            async archive =>
            {
                await LongAnswer.WriteAsync(
                    context,
                    clock,
                    archive.End,
                    progress => GateReportRun.RunAsync(archive, options, progress, cancellation),
                    cancellation
                );
                return true;
            },
            cancellation
        );
    }
}
