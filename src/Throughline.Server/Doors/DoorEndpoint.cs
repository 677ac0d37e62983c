using System.Buffers;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Ingest;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Doors;

/// <summary>
/// The way of other tools' events into a tenant: the body is read whole, cut into messages by its <see cref="IDoor"/>, and answered
/// when all of its events are durable, as those of <see cref="EventsEndpoint"/> are.
/// </summary>
internal sealed class DoorEndpoint(
    ServerLimits limits,
    TenantRegistry registry,
    IngestBudget budget,
    RejectionBook book,
    TimeProvider clock
)
{
    /// <summary>Takes the body of a request in, and answers as the senders of this door expect.</summary>
    /// <param name="answer">Writes the answer once all is durable.</param>
    public Task HandleAsync(HttpContext context, IDoor door, DoorAnswer answer) =>
        HandleAsync(context, door, answer, account => ReadAsync(context, door.BodyBytesMax, account));

    /// <summary>The same for messages that do not come in a body.</summary>
    public Task HandleAsync(HttpContext context, IDoor door, DoorAnswer answer, byte[] message) =>
        HandleAsync(context, door, answer, _ => Task.FromResult((message, message.Length)));

    private async Task HandleAsync(
        HttpContext context,
        IDoor door,
        DoorAnswer answer,
        Func<IngestBudget.Account, Task<(byte[] Buffer, int Length)>> read
    )
    {
        long started = clock.GetTimestamp();
        IngestSession session = IngestSessionPool.Rent();
        Problem? problem = null;
        try
        {
            // Whoever keeps the key in the body has a share of the room with all others that do, until it is read.
            using IngestBudget.Account account = budget.Open(context.TenantIfKnown()?.Id ?? default);
            (byte[] buffer, int length) = await read(account);
            TenantModel tenant = context.TenantIfKnown() ?? Authenticate(context, door, buffer.AsSpan(0, length));
            long received = clock.GetUtcNow().ToUnixTimeMilliseconds();
            DoorRequest request = new(context.Request, tenant.Doors, received, context.IsByWriteKey());
            using DoorBatch batch =
                door.Open(buffer.AsMemory(0, length), request)
                ?? throw new IngestException(
                    length == 0 ? ProblemReason.EmptyBody : ProblemReason.MalformedBody,
                    length == 0 ? null : $"The body is not JSON of the form that {door.Name} has."
                );
            if (batch.Count > limits.BatchEventsMax)
                throw new IngestException(
                    ProblemReason.TooManyEvents,
                    $"At most {limits.BatchEventsMax} events are taken."
                );
            DoorResults results = await TakeAsync(context, tenant, batch, request, session, length);
            Note(tenant.Id, door, batch, results, session.Results, received);
            DoorInstruments.Count(door.Name, session.Results, results);
            answer.Prepare(batch, results, session.Results);
        }
        catch (Exception refused) when (Problem.TryOf(refused) is { } known)
        {
            // The outcome of some events may be unknown: none is told, and sending all of them again is safe.
            problem = known;
            session.Results.Clear();
        }
        IngestInstruments.Count(session, problem, clock.GetElapsedTime(started));
        if (problem is null)
            await answer.WriteAsync(context);
        else
            await problem.WriteAsync(context);
        IngestSessionPool.Return(session);
    }

    private TenantModel Authenticate(HttpContext context, IDoor door, ReadOnlySpan<byte> body)
    {
        if (!Authentication.TryWriter(registry, context, door.KeyOf(body)))
        {
            ApiInstruments.Unauthorized.Add(1);
            throw new IngestException(ProblemReason.Unauthorized);
        }
        return context.Tenant();
    }

    private async Task<DoorResults> TakeAsync(
        HttpContext context,
        TenantModel tenant,
        DoorBatch batch,
        DoorRequest request,
        IngestSession session,
        int length
    )
    {
        using CellLease lease = await registry.UseAsync(tenant.Id, context.RequestAborted);
        IngestOptions options = new(
            BodyForm.Json,
            lease.Cell.Keys,
            tenant.IdentifierRules with
            {
                Types = lease.Cell.Identifiers,
            },
            !request.ByWriteKey && IsBackfill(context.Request),
            request.Received + (long)limits.ClockSkewMax.TotalMilliseconds,
            limits.BatchEventsMax
        );
        CommitQueue commits = new(lease.Cell, session.Results);
        session.Begin(options, length);
        try
        {
            DoorIntake intake = new(batch, request.Model, session, commits);
            await intake.TakeAsync();
            return intake.Results;
        }
        finally
        {
            await commits.AbandonAsync();
            session.Finish();
        }
    }

    /// <summary>The decoded body; given up at the limit, however small it came.</summary>
    private static async Task<(byte[] Buffer, int Length)> ReadAsync(
        HttpContext context,
        int bytesMax,
        IngestBudget.Account account
    )
    {
        const int First = 16 * 1024;
        await using BodySource body = new(context.Request, account, bytesMax);
        byte[] buffer = new byte[Math.Clamp((int)(context.Request.ContentLength ?? 0) + 1, First, bytesMax + 1)];
        int length = 0;
        while (await body.ReadAsync(buffer.AsMemory(length), context.RequestAborted) is > 0 and var count)
        {
            length += count;
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(length * 2, bytesMax + 1));
        }
        return (buffer, length);
    }

    private void Note(
        TenantId tenant,
        IDoor door,
        DoorBatch batch,
        DoorResults results,
        ResultList events,
        long received
    )
    {
        for (int i = 0; events.Rejected > 0 && i < events.Count; i++)
            if (events[i].Outcome == EventOutcome.Rejected)
            {
                Rejection told = events.Rejection(events[i]);
                if (ResultList.IsLate(told))
                    told = DoorResults.Told(told, batch, results.IndexOf(i));
                book.Add(tenant, new(received, door.Name, events.Id(events[i]).ToArray(), told, IsPartial: false));
            }
        foreach ((_, Rejection part) in results.LeftOut)
            book.Add(tenant, new(received, door.Name, [], part, IsPartial: true));
    }

    private static bool IsBackfill(HttpRequest request) =>
        request.Headers[EventsEndpoint.BackfillHeader].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
}
