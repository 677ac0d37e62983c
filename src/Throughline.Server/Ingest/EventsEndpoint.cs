using System.Diagnostics;
using Microsoft.Net.Http.Headers;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Ingest;

/// <summary>
/// <c>POST /v1/events</c>: the way of events into a tenant. Reads the body in pieces, makes records of its events, hands
/// them to the tenant's writer in chunks and answers when all of them are durable, one result per event in order.
/// </summary>
internal sealed class EventsEndpoint(
    ServerLimits limits,
    TenantRegistry registry,
    IngestBudget budget,
    TimeProvider clock
)
{
    public const string BackfillHeader = "Throughline-Backfill";

    public async Task HandleAsync(HttpContext context)
    {
        long started = clock.GetTimestamp();
        IngestSession session = IngestSessionPool.Rent();
        Problem? problem;
        try
        {
            // 1. What is it, and whose?
            TenantModel tenant = context.Tenant();
            BodyForm form = FormOf(context.Request);
            using CellLease lease = await registry.UseAsync(tenant.Id, context.RequestAborted);
            session.Begin(OptionsOf(context.Request, tenant, form, lease.Cell));
            // 2. Take it in and wait until it is durable.
            problem = await TakeAsync(context, tenant.Id, session, new(lease.Cell, session.Results));
        }
        catch (Exception refused) when (Problem.TryOf(refused) is { } known)
        {
            // The outcome of some events may be unknown: none is told, and sending all of them again is safe.
            problem = known;
            session.Results.Clear();
        }
        // 3. Answer.
        IngestInstruments.Count(session, problem, clock.GetElapsedTime(started));
        await ResultsWriter.WriteAsync(context, session, problem, IsMinimal(context.Request));
        IngestSessionPool.Return(session);
    }

    /// <summary>Reads and stores the whole body. A problem of the body leaves the results of what came before it.</summary>
    private async Task<Problem?> TakeAsync(
        HttpContext context,
        TenantId tenant,
        IngestSession session,
        CommitQueue commits
    )
    {
        Problem? problem = null;
        try
        {
            using IngestBudget.Account account = budget.Open(tenant);
            await using BodySource body = new(context.Request, account, limits.BodyBytesMax);
            try
            {
                problem = await ReadAllAsync(body, session, commits, context.RequestAborted);
            }
            catch (IngestException broken) when (broken.Reason.Status() is 400 or 408 or 413)
            {
                problem = Problem.Of(broken.Reason, broken.Detail) with { Offset = session.Received };
            }
            if (session.Chunk.Count > 0)
                await commits.SendAsync(session.TakeChunk());
            await commits.SettleAllAsync();
            return problem ?? ProblemOfSingle(session);
        }
        finally
        {
            await commits.AbandonAsync();
            session.Finish();
        }
    }

    private async Task<Problem?> ReadAllAsync(
        BodySource body,
        IngestSession session,
        CommitQueue commits,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            int count = await body.ReadAsync(session.Free(), cancellation);
            session.Filled(count);
            IngestStep step = session.Advance(last: count == 0);
            while (step == IngestStep.ChunkFull)
            {
                await commits.SendAsync(session.TakeChunk());
                step = session.Advance(last: count == 0);
            }
            switch (step)
            {
                case IngestStep.NeedMore:
                    continue;
                case IngestStep.End when session.Received > 0:
                    return null;
                case IngestStep.End or IngestStep.Truncated when session.Received == 0:
                    return Problem.Of(ProblemReason.EmptyBody);
                case IngestStep.Truncated:
                    return Problem.Of(ProblemReason.TruncatedBody) with { Offset = session.Received };
                case IngestStep.TooManyEvents:
                    return Problem.Of(
                        ProblemReason.TooManyEvents,
                        $"At most {limits.BatchEventsMax} events are taken."
                    ) with
                    {
                        Offset = session.Offset,
                    };
                default:
                    return Problem.Of(ProblemReason.MalformedBody) with { Offset = session.Offset };
            }
        }
    }

    /// <summary>An event sent alone that is refused fails its request.</summary>
    private static Problem? ProblemOfSingle(IngestSession session)
    {
        if (!session.IsSingle || session.Results.Rejected == 0)
            return null;
        Rejection rejection = session.Results.Rejection(session.Results[0]);
        return Problem.Of(rejection) with { Title = "The event is not valid." };
    }

    private IngestOptions OptionsOf(HttpRequest request, TenantModel tenant, BodyForm form, ITenantCell cell) =>
        new(
            form,
            cell.Keys,
            tenant.IdentifierRules with
            {
                Types = cell.Identifiers,
            },
            IsTrue(request, BackfillHeader),
            (clock.GetUtcNow() + limits.ClockSkewMax).ToUnixTimeMilliseconds(),
            limits.BatchEventsMax
        );

    private static BodyForm FormOf(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
                return BodyForm.Json;
            if (type.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase))
                return BodyForm.Lines;
        }
        throw new IngestException(
            ProblemReason.UnsupportedMediaType,
            "Send application/json (one event or an array) or application/x-ndjson (one event a line)."
        );
    }

    /// <summary>The sender wants counts and the results of events that were not accepted, no more.</summary>
    private static bool IsMinimal(HttpRequest request) =>
        request.Query["results"] == "rejected"
        || request.Headers["Prefer"].ToString().Contains("return=minimal", StringComparison.OrdinalIgnoreCase);

    private static bool IsTrue(HttpRequest request, string header) =>
        request.Headers[header].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
}
