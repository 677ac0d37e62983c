using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary><c>POST /v1/gate/bypasses</c>: requests that went past the gate, one a line, as an access log shows them.</summary>
internal sealed class BypassEndpoint(GateKeeper keeper)
{
    public const string Lines = "application/x-ndjson";
    private const int LinesMax = 10_000;
    private const int LineMax = 128 * 1024;

    // Whoever is known is asked before anything is stored: two imports of one log at once would both be told "nobody". A tenant waits for
    // itself alone.
    private readonly ConcurrentDictionary<TenantId, SemaphoreSlim> turns = new();

    public async Task RunAsync(HttpContext context)
    {
        if (GateBody.TypeOf(context) != Lines)
        {
            await Problem
                .Of(ProblemReason.UnsupportedMediaType, $"Send {Lines}, one request a line.")
                .WriteAsync(context);
            return;
        }
        List<BypassRequest> requests = [];
        List<BypassRejection> rejected = [];
        using StreamReader lines = new(context.Request.Body);
        int number = 0;
        while (await lines.ReadLineAsync(context.RequestAborted) is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            if (number > LinesMax)
            {
                await Problem
                    .Of(ProblemReason.TooManyEvents, $"At most {LinesMax} lines are taken.")
                    .WriteAsync(context);
                return;
            }
            if (TryRead(line, out BypassRequest? request, out Rejection rejection))
                requests.Add(request!);
            else
                rejected.Add(new(number, rejection.Reason.Code(), rejection.Pointer, rejection.Message));
        }
        int taken = await StoreAsync(context, requests);
        await context.Response.WriteAsJsonAsync(
            new BypassReceipt(taken, requests.Count - taken, rejected),
            context.RequestAborted
        );
    }

    private async Task<int> StoreAsync(HttpContext context, List<BypassRequest> requests)
    {
        if (requests.Count == 0)
            return 0;
        CancellationToken cancellation = context.RequestAborted;
        TenantId tenant = context.Tenant().Id;
        SemaphoreSlim turn = turns.GetOrAdd(tenant, _ => new(1));
        await turn.WaitAsync(cancellation);
        try
        {
            return await keeper.UseAsync(
                tenant,
                async cell =>
                {
                    BypassRecords records = await BypassRecords.ForAsync(cell, cancellation);
                    List<(DecisionEntry Entry, byte[] Record)> entries = [];
                    foreach (BypassRequest request in requests)
                        entries.Add(await records.EntryOfAsync(request, cancellation));
                    var distinct = entries.DistinctBy(x => x.Entry.Id, StringComparer.Ordinal).ToArray();
                    bool[] known = await cell.Gate.KnowsAsync([.. distinct.Select(x => x.Entry.Id)], cancellation);
                    DecisionBatch news = new();
                    for (int i = 0; i < distinct.Length; i++)
                        if (!known[i])
                            news.Add(distinct[i].Entry, distinct[i].Record);
                    if (news.Count > 0) // from here on it is done whatever becomes of the sender
                        await cell.Gate.RecordAsync(news, 0, news.Count, CancellationToken.None);
                    return news.Count;
                },
                cancellation
            );
        }
        finally
        {
            turn.Release();
        }
    }

    private static bool TryRead(string line, out BypassRequest? request, out Rejection rejection)
    {
        request = null;
        if (line.Length > LineMax)
        {
            rejection = new(RejectionReason.TooLong, "", $"The line is longer than {LineMax} characters.");
            return false;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
            return BypassRequest.TryRead(new(document.RootElement), out request, out rejection);
        }
        catch (JsonException)
        {
            rejection = new(RejectionReason.MalformedJson, "", "The line is not one JSON document.");
            return false;
        }
    }
}

internal sealed record BypassReceipt(
    int Taken,
    [property: Description("Requests that were recorded before")] int Duplicates,
    IReadOnlyList<BypassRejection> Rejected
);

internal sealed record BypassRejection(int Line, string Reason, string Pointer, string? Message);

internal sealed record GateBypassSchema(
    [property: Description("Names the request for ever: told again it is a duplicate")] string Id,
    [property: Description("RFC 3339, or milliseconds since 1970")] string Time,
    string Address,
    string? Method,
    [property: Description("As it was sent, without query")] string? Path,
    string? Query,
    [property: Description("Leave it out if the log does not hold it")] string? Host,
    [property: Description("Empty if none was sent; leave it out if the log does not hold it")] string? UserAgent,
    string? Referrer,
    [property: Description("HTTP status")] int? Status,
    [property: Description("Bytes of the answer's body")] long? Bytes
);
