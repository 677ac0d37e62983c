using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary><c>POST /v1/gate/backtest?from=&amp;to=</c>: a draft of rules on the stored decisions. One at a time: it takes memory.</summary>
internal sealed class GateBacktestEndpoint(GateKeeper keeper, TimeProvider clock)
{
    private static readonly SemaphoreSlim Turn = new(1);

    public async Task RunAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        ReportQuery query = new(context, clock, "from", "to");
        (long from, long to) = query.ReadSpan();
        if (query.Problem is { } bad)
        {
            await bad.WriteAsync(context);
            return;
        }
        await keeper.ReadAsync(
            context.Tenant().Id,
            async archive =>
            {
                (BacktestBody? body, Problem? problem) = await BacktestBody.ReadAsync(context, archive);
                if (body is null)
                    await problem!.WriteAsync(context);
                else
                    await RunAsync(context, archive, body, time => time >= from && time < to, cancellation);
                return true;
            },
            cancellation
        );
    }

    private async Task RunAsync(
        HttpContext context,
        GateArchive archive,
        BacktestBody body,
        Func<long, bool> isWanted,
        CancellationToken cancellation
    )
    {
        await Turn.WaitAsync(cancellation);
        try
        {
            GateBacktestRun run = new(archive, body.Draft, body.Against, body.Labels);
            await LongAnswer.WriteAsync(
                context,
                clock,
                archive.End,
                progress => run.RunAsync(isWanted, progress, cancellation),
                cancellation
            );
        }
        catch (ArchiveTooLargeException error) when (!context.Response.HasStarted)
        {
            await GateProblems
                .Bad("from", $"later: the time holds more than {error.DecisionsMax} decisions")
                .WriteAsync(context);
        }
        finally
        {
            Turn.Release();
        }
    }
}
