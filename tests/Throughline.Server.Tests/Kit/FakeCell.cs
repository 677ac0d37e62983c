using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Tenant;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Tests.Kit;

/// <summary>
/// A cell in memory that keeps the contract and no more: an id is accepted once, the same content again is a duplicate,
/// other content a conflict; events before 2000 are too late unless they are a backfill. A test may hold commits back, fill
/// the queue or close it.
/// </summary>
internal sealed class FakeCell(IEventKeys keys) : ITenantCell
{
    private readonly Lock gate = new();
    private readonly Dictionary<Token, Token> contents = [];
    private readonly HashSet<string> names = [];
    private readonly List<(string Kind, JsonElement Document)> published = [];
    private readonly Dictionary<string, int> versions = [];
    private readonly TaskCompletionSource submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task commit = Task.CompletedTask;

    public static readonly DateTimeOffset Horizon = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IEventKeys Keys => keys;
    public IdentifierCatalog Identifiers { get; set; } = IdentifierCatalog.Default;
    public FakeGate Gate { get; } = new();
    ITenantGate ITenantCell.Gate => Gate;
    public bool IsBusy { get; set; }
    public bool IsDisposed { get; private set; }

    /// <summary>Thrown by every query.</summary>
    public Exception? QueryFailure { get; set; }
    public List<CellQuery> Queries { get; } = [];
    public int Submissions { get; private set; }

    /// <summary>Completes when records have come in for the first time.</summary>
    public Task FirstSubmission => submitted.Task;

    public IReadOnlyList<(string Kind, JsonElement Document)> Published => published;

    public int EventCount
    {
        get
        {
            lock (gate)
                return contents.Count;
        }
    }

    /// <summary>Commits that are asked for from now on wait for this task.</summary>
    public void HoldCommits(Task until) => commit = until;

    /// <summary>What was asked to be erased; only user identifiers are known.</summary>
    public List<EraseRequest> Erased { get; } = [];

    public Task<EraseReceipt?> EraseAsync(EraseRequest request, CancellationToken cancellation)
    {
        Erased.Add(request);
        return Task.FromResult<EraseReceipt?>(new(Erased.Count, !request.Alone, 1));
    }

    public async ValueTask<SubmitReceipt> SubmitAsync(RecordBuffer records, CancellationToken cancellation)
    {
        if (IsBusy)
            throw new CellBusyException();
        Submissions++;
        submitted.TrySetResult();
        await commit;
        lock (gate)
        {
            if (IsDisposed)
                throw new CellClosedException("the cell is closed");
            ApplyStatus[] statuses = new ApplyStatus[records.Count];
            List<NewName> newNames = [];
            for (int i = 0; i < records.Count; i++)
            {
                EventRecord record = EventRecord.FromTrusted(records[i]);
                statuses[i] = Apply(record);
                if (statuses[i] == ApplyStatus.Accepted && record.Text(EventField.Name) is { } name && names.Add(name))
                    newNames.Add(new(i, name));
            }
            return new(statuses, newNames);
        }
    }

    public Task<byte[]?> QueryAsync(CellQuery query, CancellationToken cancellation)
    {
        if (QueryFailure is not null)
            return Task.FromException<byte[]?>(QueryFailure);
        lock (gate)
        {
            Queries.Add(query);
            JsonObject? answer = query switch
            {
                CellQuery.Resolve resolve => new() { ["customer"] = resolve.Token.ToString() },
                CellQuery.AttributionRules => new() { ["rules"] = new JsonArray(), ["weightTables"] = new JsonArray() },
                CellQuery.Campaigns => new()
                {
                    ["campaigns"] = new JsonArray([.. versions.Keys.Select(id => JsonValue.Create(id))]),
                },
                CellQuery.Decision { Id: "missing" } => null,
                CellQuery.Decision decision => new() { ["decision"] = decision.Id },
                CellQuery.Customer customer => new() { ["customer"] = customer.Id },
                CellQuery.Conversion conversion => new() { ["conversion"] = conversion.Id },
                CellQuery.Journey journey => new() { ["journey"] = journey.CustomerId },
                CellQuery.State state => new() { ["settled"] = state.Settled },
                CellQuery.Replay replay => new() { ["order"] = replay.Order.ToString() },
                CellQuery.Why why => new() { ["why"] = why.Id },
                _ => null,
            };
            return Task.FromResult(answer is null ? null : JsonSerializer.SerializeToUtf8Bytes(answer));
        }
    }

    public Task<CreditReader> CreditAsync(bool withCustomers, CancellationToken cancellation) =>
        throw new NotSupportedException("a fake cell has no credit");

    public Task<ControlReceipt> PublishControlAsync(string kind, JsonElement document, CancellationToken cancellation)
    {
        lock (gate)
        {
            published.Add((kind, document.Clone()));
            string subject = kind == ControlDocument.CampaignKind ? document.GetProperty("campaign").GetString()! : "";
            int version = versions[subject] = versions.GetValueOrDefault(subject) + 1;
            return Task.FromResult(new ControlReceipt(version, contents.Count + published.Count - 1));
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private ApplyStatus Apply(EventRecord record)
    {
        if (contents.TryGetValue(record.Id, out Token content))
            return content == record.Content ? ApplyStatus.Duplicate : ApplyStatus.IdConflict;
        if (record.Time < Horizon.ToUnixTimeMilliseconds() && !record.IsBackfill)
            return ApplyStatus.TooLate;
        contents.Add(record.Id, record.Content);
        return ApplyStatus.Accepted;
    }
}
