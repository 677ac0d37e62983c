using System.Text.Json;
using Microsoft.Extensions.Logging;
using Throughline.Core.Alarms;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Core.Volume;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Replay;
using Throughline.Storage;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;
using Throughline.Storage.Pages;

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
    private readonly CellRehearsals rehearsals;
    private readonly CellWatch watch;
    private readonly CellHooks hooks;
    private readonly CellEraser eraser;

    private TenantCell(
        TenantSettings settings,
        ITenantKeys keys,
        TenantWriter writer,
        TimeProvider clock,
        TenantCellLog report,
        Recovery recovery,
        string folder,
        NodeAlarms? node
    )
    {
        this.settings = settings;
        this.keys = keys;
        this.writer = writer;
        this.clock = clock;
        Recovery = recovery;
        Places = new(folder);
        publisher = new(this, keys, clock);
        rehearsals = new(this, keys, clock);
        hooks = new(this, publisher, keys, folder);
        watch = new(this, clock, report, publisher, node);
        eraser = new(this, keys, folder, clock, report);
        Gate = new TenantGate(this, publisher, keys, decisions = new(this, keys, folder, clock), folder);
    }

    public IEventKeys Keys => keys;

    public IdentifierCatalog Identifiers => writer.Identifiers;

    public ITenantGate Gate { get; }

    /// <summary>Where in the log somebody's events are.</summary>
    internal CellPlaces Places { get; }

    ITenantHooks ITenantCell.Hooks => hooks;

    /// <summary>The store's log, which any thread may read; null while there is none.</summary>
    internal ITenantLog? Log => writer.Log;

    /// <summary>Webhooks that are stopped, as alarms say it; null: nobody has said yet.</summary>
    internal IReadOnlyList<AlarmCondition>? StoppedHooks => hooks.Stopped;

    /// <summary>Looks for what is wrong if nobody has yet.</summary>
    internal Task LookOnceAsync(CancellationToken cancellation) => watch.LookOnceAsync(cancellation);

    /// <summary>When to look though no events come, milliseconds since 1970, <see cref="long.MaxValue"/> for never; null: nobody knows.</summary>
    internal long? LookDueAt => watch.DueAt;

    internal void LookAgain() => watch.LookAgain();

    /// <summary>It is being closed: whoever tries something again gives up.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>What opening cost.</summary>
    public Recovery Recovery { get; }

    /// <inheritdoc cref="TenantStore.Open"/>
    public static TenantCell Open(
        string folder,
        TenantSettings settings,
        TimeProvider clock,
        ILogger logger,
        StatePages pages = StatePages.Memory
    ) => Open(folder, settings, clock, logger, () => TenantStore.Open(folder, settings, clock, pages));

    /// <summary>The same with another way to open the store, at the start and after each failure.</summary>
    internal static TenantCell Open(
        string folder,
        TenantSettings settings,
        TimeProvider clock,
        ILogger logger,
        Func<TenantStore> openStore,
        NodeAlarms? node = null
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
            return new(
                settings,
                keys,
                new(store, openStore, keys, clock, report),
                clock,
                report,
                store.Recovery,
                folder,
                node
            );
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
            return await ResolveAsync(resolve, cancellation).ConfigureAwait(false);
        if (query is CellQuery.State { Settled: true })
            await SettleAsync(cancellation).ConfigureAwait(false);
        if (query is CellQuery.Replay replay)
            return await ReplayAsync(replay.Order, cancellation).ConfigureAwait(false);
        if (query is CellQuery.History history)
            return await CellHistory.AnswerAsync(this, history.Subject, cancellation).ConfigureAwait(false);
        if (query is CellQuery.Timeline timeline)
            return await CellTimeline.AnswerAsync(this, timeline, cancellation).ConfigureAwait(false);
        if (query is CellQuery.Volume volume)
            return await VolumeAsync(volume, cancellation).ConfigureAwait(false);
        if (query is CellQuery.IdentityHealth)
            return (await watch.LookAsync(cancellation).ConfigureAwait(false)).ToJson();
        if (query is CellQuery.Past past)
            return await PastAsync(past, cancellation).ConfigureAwait(false);
        if (query is CellQuery.Erasures)
            return await AskAsync(store => EraseAnswers.All(store.Machine, eraser.State), cancellation)
                .ConfigureAwait(false);
        if (query is CellQuery.TryStrategy or CellQuery.TryRules or CellQuery.Preview or CellQuery.PreviewErase)
            return await rehearsals.AnswerAsync(query, cancellation).ConfigureAwait(false);
        return await AskAsync(store => CellAnswers.Answer(store, query, keys), cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a question on the writer, when all it can see is committed.</summary>
    public async Task<T> AskAsync<T>(Func<TenantStore, T> ask, CancellationToken cancellation)
    {
        AskJob<T> job = new(ask);
        writer.Post(job);
        return await job.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public Task<CreditReader> CreditAsync(bool withCustomers, CancellationToken cancellation) =>
        AskAsync(
            store => new CreditReader(
                new(store.Machine, withCustomers),
                store.Log,
                CreditDesk.TurnsOf(TenantId.Parse(settings.Tenant))
            ),
            cancellation
        );

    public async Task<ControlReceipt> PublishControlAsync(
        string kind,
        JsonElement document,
        CancellationToken cancellation
    )
    {
        AttributionRule? rule =
            kind == ControlDocument.AttributionRuleKind
                ? AttributionRuleJson.Read(document.GetProperty("rule"), out _)
                : null;
        string? campaign =
            kind == ControlDocument.CampaignKind ? document.GetProperty("campaign").GetString() : rule?.Campaign;
        (int version, long position) = await publisher
            .PublishAsync(
                machine =>
                    kind == ControlDocument.RatesKind ? NextRates(machine, document)
                    : kind == ControlDocument.AttributionDraftKind ? NextDraft(machine, document)
                    : NextVersion(machine, campaign, rule?.Conversion ?? AttributionRule.Others),
                version =>
                    [
                        new(
                            kind,
                            rule is null
                                ? WithKind(kind, document, version)
                                : ControlDocument.AttributionRule(rule with { Version = version })
                        ),
                    ],
                cancellation
            )
            .ConfigureAwait(false);
        return new(version, position);
    }

    /// <inheritdoc/>
    public async Task<EraseReceipt?> EraseAsync(EraseRequest request, CancellationToken cancellation)
    {
        eraser.Announce();
        try
        {
            (Erasure? erasure, long position) = await publisher
                .PublishAsync(
                    request.Of,
                    erasure =>
                        erasure is null
                            ? []
                            :
                            [
                                new(
                                    ControlDocument.EraseKind,
                                    ControlDocument.Erase(erasure, request.Reason, request.Author)
                                ),
                            ],
                    cancellation,
                    isOfAll: true
                )
                .ConfigureAwait(false);
            return erasure is null ? null : new(position, erasure.WithEvents, erasure.Identifiers.Count);
        }
        finally
        {
            eraser.Begin(); // also if nobody knows whether it was committed
        }
    }

    /// <summary>Something is left to be erased in the files.</summary>
    internal bool IsErasing => eraser.IsAtWork;

    /// <summary>No snapshot is older than a position when this completes.</summary>
    internal async Task RenewSnapshotsAsync(long position, CancellationToken cancellation)
    {
        Task renewed = await AskAsync(store => writer.RenewSnapshots(store, position), cancellation)
            .ConfigureAwait(false);
        await renewed.WaitAsync(cancellation).ConfigureAwait(false);
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
        await eraser.DisposeAsync().ConfigureAwait(false);
        await watch.DisposeAsync().ConfigureAwait(false);
        await decisions.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        keys.Dispose();
        publisher.Dispose();
        rehearsals.Dispose();
    }

    private async Task<byte[]?> VolumeAsync(CellQuery.Volume asked, CancellationToken cancellation)
    {
        VolumeView view = await AskAsync(store => new VolumeView(store.Machine), cancellation).ConfigureAwait(false);
        (long from, long to) = CreditQuery.Span(asked.From, asked.To, view.Watermark);
        return await Task.Run(() => VolumeAnswers.ToJson(view, from, to, asked.ByHour, asked.Name), cancellation)
            .ConfigureAwait(false);
    }

    private async Task<byte[]?> PastAsync(CellQuery.Past past, CancellationToken cancellation)
    {
        using PastAnswers answers = await AskAsync(
                store =>
                    past.IsCustomer
                        ? PastAnswers.OfCustomer(store.Machine, past.Subject, store.ReadEvent)
                        : PastAnswers.OfIdentifier(store.Machine, past.Subject, store.ReadEvent),
                cancellation
            )
            .ConfigureAwait(false);
        return await Task.Run(() => answers.At(past.AsOf), cancellation).ConfigureAwait(false);
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
    private async Task<byte[]?> ResolveAsync(CellQuery.Resolve query, CancellationToken cancellation)
    {
        if (writer.Reader is { } reader && writer.Log is { } log && TryView(reader, query, out CustomerView? found))
        {
            if (found is null)
                return null;
            if (found.Applied <= writer.Committed && writer.Reader == reader)
                return CellAnswers.Resolved(found, OpenedTraits.Of(found, log, keys));
        }
        (found, log) = await AskAsync(
                store => (store.Machine.Reader.View(query.Token, query.WithTraits), store.Log),
                cancellation
            )
            .ConfigureAwait(false);
        return found is null ? null : CellAnswers.Resolved(found, OpenedTraits.Of(found, log, keys));
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

    private static bool TryView(TenantReader reader, CellQuery.Resolve query, out CustomerView? found)
    {
        try
        {
            found = reader.View(query.Token, query.WithTraits);
            return true;
        }
        catch (TimeoutException) // the writer is amid a long batch, or died amid one
        {
            found = null;
            return false;
        }
    }

    internal static int NextVersion(TenantMachine machine, string? campaign, string conversion) =>
        machine
            .AttributionRules.Where(rule => rule.Rule.Campaign == campaign && rule.Rule.Conversion == conversion)
            .Select(rule => rule.Rule.Version)
            .DefaultIfEmpty()
            .Max() + 1;

    private static int NextDraft(TenantMachine machine, JsonElement document)
    {
        string? name = document.GetProperty("name").GetString();
        int revision = machine.AttributionDrafts.FirstOrDefault(draft => draft.Name == name)?.Revision ?? 0;
        return revision > 0 || machine.AttributionDrafts.Count() < AttributionDraft.TenantMax
            ? revision + 1
            : throw new ControlRefusedException(
                new(RejectionReason.BadValue, "", $"A tenant has at most {AttributionDraft.TenantMax} drafts.")
            );
    }

    private static int NextRates(TenantMachine machine, JsonElement document)
    {
        int rows = document.GetProperty("table").GetProperty("rates").GetArrayLength();
        return machine.Rates.Count + rows <= RateTable.TenantRowsMax
            ? machine.Rates.Tables.Count() + 1
            : throw new ControlRefusedException(
                new(
                    RejectionReason.BadValue,
                    "/rates",
                    $"A tenant has at most {RateTable.TenantRowsMax} rates, and there are {machine.Rates.Count} already."
                )
            );
    }

    private static byte[] WithKind(string kind, JsonElement document, int version)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            if (kind is ControlDocument.CampaignKind or ControlDocument.RatesKind)
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
public sealed class TenantCellFactory(TimeProvider clock, ILoggerFactory loggers, StatePages pages = StatePages.Memory)
    : ITenantCellFactory
{
    private const long MsPerDay = 24L * 60 * 60 * 1000;

    /// <summary>What is wrong with the node that the cells are on.</summary>
    internal NodeAlarms? Node { get; init; }

    public Task<ITenantCell> OpenAsync(TenantModel tenant, string folder, CancellationToken cancellation) =>
        Task.Run<ITenantCell>(() => Open(tenant, folder), cancellation);

    private TenantCell Open(TenantModel tenant, string folder)
    {
        TenantSettings settings = new(
            tenant.Id.Value,
            tenant.Choices.HorizonDays * MsPerDay,
            tenant.Choices.RestateDays * MsPerDay
        );
        return TenantCell.Open(
            folder,
            settings,
            clock,
            loggers.CreateLogger<TenantCell>(),
            () => TenantStore.Open(folder, settings, clock, pages),
            Node
        );
    }
}
