using System.Text.Json;
using Microsoft.Extensions.Logging;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Storage;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>One tenant, open: keys, store and writer behind a thread-safe door.</summary>
public sealed class TenantCell : ITenantCell
{
    private readonly TenantSettings settings;
    private readonly ITenantKeys keys;
    private readonly TenantWriter writer;
    private readonly TimeProvider clock;
    private readonly ControlPublisher publisher;
    private readonly DecisionStore decisions;

    private TenantCell(
        TenantSettings settings,
        ITenantKeys keys,
        TenantWriter writer,
        TimeProvider clock,
        Recovery recovery,
        string folder
    )
    {
        this.settings = settings;
        this.keys = keys;
        this.writer = writer;
        this.clock = clock;
        Recovery = recovery;
        publisher = new(this, keys, clock);
        Gate = new TenantGate(this, publisher, keys, decisions = new(this, keys, folder, clock), folder);
    }

    public IEventKeys Keys => keys;

    public ITenantGate Gate { get; }

    /// <summary>It is being closed: whoever tries something again gives up.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>What opening cost.</summary>
    public Recovery Recovery { get; }

    /// <inheritdoc cref="TenantStore.Open"/>
    public static TenantCell Open(string folder, TenantSettings settings, TimeProvider clock, ILogger logger) =>
        Open(folder, settings, clock, logger, () => TenantStore.Open(folder, settings, clock));

    /// <summary>The same with another way to open the store, at the start and after each failure.</summary>
    internal static TenantCell Open(
        string folder,
        TenantSettings settings,
        TimeProvider clock,
        ILogger logger,
        Func<TenantStore> openStore
    )
    {
        TenantCellLog report = new(logger, settings.Tenant);
        TenantStore store = openStore();
        try
        {
            report.Opened(store.Recovery);
            if (store.Machine.NextPosition > 0 && !KeyFile.Exists(folder))
                throw new StoreDamagedException(
                    folder,
                    StoreProblem.Gap,
                    "its log has events, but the key file that made their tokens is missing; new keys would know none of them"
                );
            ITenantKeys keys = KeyFile.OpenOrCreate(folder, settings.Tenant, clock);
            return new(settings, keys, new(store, openStore, keys, clock, report), clock, store.Recovery, folder);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public async ValueTask<SubmitReceipt> SubmitAsync(RecordBuffer records, CancellationToken cancellation)
    {
        SubmitJob job = new(records);
        writer.Post(job);
        return await job.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<byte[]?> QueryAsync(CellQuery query, CancellationToken cancellation)
    {
        if (query is CellQuery.Resolve resolve)
            return await ResolveAsync(resolve.Token, cancellation).ConfigureAwait(false);
        if (query is CellQuery.State { Settled: true })
            await SettleAsync(cancellation).ConfigureAwait(false);
        if (query is CellQuery.Replay replay)
            return await ReplayAsync(replay.Order, cancellation).ConfigureAwait(false);
        return await AskAsync(store => CellAnswers.Answer(store, query, keys), cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a question on the writer, when all it can see is committed.</summary>
    public async Task<T> AskAsync<T>(Func<TenantStore, T> ask, CancellationToken cancellation)
    {
        AskJob<T> job = new(ask);
        writer.Post(job);
        return await job.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<ControlReceipt> PublishControlAsync(
        string kind,
        JsonElement document,
        CancellationToken cancellation
    )
    {
        string? campaign = kind == ControlDocument.CampaignKind ? document.GetProperty("campaign").GetString() : null;
        (int version, long position) = await publisher
            .PublishAsync(
                machine => NextVersion(machine, campaign),
                version => [new(kind, WithKind(kind, document, version))],
                cancellation
            )
            .ConfigureAwait(false);
        return new(version, position);
    }

    /// <summary>Waits until no conversion is left to be evaluated again.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        SettleJob job = new();
        writer.Post(job);
        await job.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        IsClosing = true;
        await decisions.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        keys.Dispose();
        publisher.Dispose();
    }

    // Off the writer's thread: the log may be read while it grows.
    private async Task<byte[]> ReplayAsync(ReplayOrder order, CancellationToken cancellation)
    {
        while (true)
        {
            await SettleAsync(cancellation).ConfigureAwait(false);
            (ITenantLog log, long end, Token digest, bool settled) = await AskAsync(
                    store =>
                        (
                            store.Log,
                            store.Machine.NextPosition,
                            store.Machine.ResultsDigest(),
                            !store.Machine.HasBacklog
                        ),
                    cancellation
                )
                .ConfigureAwait(false);
            if (!settled)
                continue; // an event came between
            long started = clock.GetTimestamp();
            MemoryTenant again = await Task.Run(
                    () => LogReplay.Run(log, end, settings, order, null, cancellation),
                    cancellation
                )
                .ConfigureAwait(false);
            return CellAnswers.Replayed(
                order,
                end,
                clock.GetElapsedTime(started),
                again.Machine.ResultsDigest(),
                digest
            );
        }
    }

    // Memory first, by the sequence lock: given if it is committed, and of the store that still serves. Else the writer answers
    // after the batch under way: if that fails, what was read is gone with the store that it was read from.
    private async Task<byte[]?> ResolveAsync(Token token, CancellationToken cancellation)
    {
        if (writer.Reader is { } reader && TryResolve(reader, token, out Resolution? found))
        {
            if (found is not { } resolution)
                return null;
            if (resolution.Applied <= writer.Committed && writer.Reader == reader)
                return CellAnswers.Resolved(resolution);
        }
        found = await AskAsync(store => store.Machine.Reader.Resolve(token), cancellation).ConfigureAwait(false);
        return found is { } settled ? CellAnswers.Resolved(settled) : null;
    }

    /// <summary>What is known of a customer, from memory, by the sequence lock; never waits for the writer.</summary>
    /// <exception cref="TimeoutException">What was read is not committed yet, or the writer left no moment to read in.</exception>
    internal CustomerSight? Sight(IReadOnlyList<Token> identifiers, Token? address, long now)
    {
        TenantReader reader = writer.Reader ?? throw new TimeoutException("the store is being rebuilt");
        CustomerSight? sight = reader.Sight(identifiers, address, now);
        return sight is not { } found || (found.Applied <= writer.Committed && writer.Reader == reader)
            ? sight
            : throw new TimeoutException("what was read is not committed yet");
    }

    private static bool TryResolve(TenantReader reader, Token token, out Resolution? found)
    {
        try
        {
            found = reader.Resolve(token);
            return true;
        }
        catch (TimeoutException) // the writer is amid a long batch, or died amid one
        {
            found = null;
            return false;
        }
    }

    private static int NextVersion(TenantMachine machine, string? campaign) =>
        machine.Campaigns.Where(rule => rule.Campaign == campaign).Select(rule => rule.Version).DefaultIfEmpty().Max()
        + 1;

    private static byte[] WithKind(string kind, JsonElement document, int version)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            if (kind == ControlDocument.CampaignKind)
                json.WriteNumber("version", version);
            foreach (JsonProperty member in document.EnumerateObject())
                if (member.Name is not ("kind" or "version"))
                    member.WriteTo(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}

/// <summary>Opens cells over folders.</summary>
public sealed class TenantCellFactory(TimeProvider clock, ILoggerFactory loggers) : ITenantCellFactory
{
    private const long MsPerDay = 24L * 60 * 60 * 1000;

    public Task<ITenantCell> OpenAsync(TenantModel tenant, string folder, CancellationToken cancellation) =>
        Task.Run<ITenantCell>(
            () =>
                TenantCell.Open(
                    folder,
                    new(tenant.Id.Value, tenant.Choices.HorizonDays * MsPerDay),
                    clock,
                    loggers.CreateLogger<TenantCell>()
                ),
            cancellation
        );
}
