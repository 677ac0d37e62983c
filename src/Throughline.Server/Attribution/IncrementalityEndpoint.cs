using Throughline.Core.Attribution.Incrementality;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution;

/// <summary>
/// <c>GET /v1/attribution/incrementality?from=&amp;to=&amp;window=&amp;campaign=</c>: what campaigns caused, by their declared hold-outs, beside
/// what rules credit to them. One at a time: it takes memory.
/// </summary>
internal sealed class IncrementalityEndpoint(GateKeeper keeper, TimeProvider clock)
{
    private const long SpanUsual = 90L * 86_400_000;
    private static readonly SemaphoreSlim Turn = new(1);

    public async Task RunAsync(HttpContext context)
    {
        CancellationToken cancellation = context.RequestAborted;
        ReportQuery query = new(context, clock, "from", "to", "window", "campaign");
        (long from, long to) = query.ReadSpan(SpanUsual);
        long window = query.Length("window", ExperimentBook.WindowUsual, ExperimentBook.WindowMax);
        string campaign = query.Text("campaign", EventLimits.Name);
        if (query.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        ExperimentBook book = new(from, to, window, campaign.Length == 0 ? null : campaign);
        await Turn.WaitAsync(cancellation);
        try
        {
            await keeper.ReadAsync(
                context.Tenant().Id,
                async archive =>
                {
                    await LongAnswer.WriteAsync(
                        context,
                        clock,
                        archive.End,
                        _ => Task.Run(() => ReadAsync(archive, book, from, to + window, cancellation), cancellation),
                        cancellation
                    );
                    return true;
                },
                cancellation
            );
        }
        catch (TooManyDeclarationsException error) when (!context.Response.HasStarted)
        {
            await GateProblems.Bad("from", $"later: {error.Message}").WriteAsync(context);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<IncrementalityReport> ReadAsync(
        GateArchive archive,
        ExperimentBook book,
        long from,
        long until,
        CancellationToken cancellation
    )
    {
        long latest = from;
        archive.InOrder(
            _ => false,
            int.MaxValue,
            record =>
            {
                if (record.Type.IsObservation())
                    latest = Math.Max(latest, record.Time);
                book.Add(record);
            },
            cancellation
        );
        Rehearsal rehearsal = await archive.RehearseAsync(cancellation);
        rehearsal.Begin(cancellation);
        return book.Finish(
            await archive.CustomersAsync(book.Identifiers(), cancellation),
            ConversionSurvey.ReadCredited(rehearsal, from, until + 1, cancellation),
            latest
        );
    }
}
