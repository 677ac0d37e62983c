using System.Collections.Frozen;
using Throughline.Core.Alarms;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Core.Volume;
using Throughline.Server.Telemetry;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// Looks at a tenant's identity graph, and at how many events of each name come, once a minute while events come in and once an hour while none
/// do, beside the writer: its figures become metrics, a guard that begins or ends to alarm is told in the log once, and what is wrong becomes
/// the tenant's alarms, by statements. It notes, too, where in the log whose events are. A tenant without events costs nothing.
/// </summary>
internal sealed class CellWatch : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Looking takes this share of one core at most, in large graphs, as long as it happens once in <see cref="PauseMax"/>.</summary>
    private const double ShareMax = 0.01;
    private static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);

    private readonly TenantCell cell;
    private readonly TimeProvider clock;
    private readonly TenantCellLog report;
    private readonly ControlPublisher publisher;
    private readonly NodeAlarms? node;
    private readonly AlarmDesk desk = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private Task preparing = Task.CompletedTask;
    private long looked; // an empty tenant is not looked at
    private long lookedHour;
    private volatile bool again;
    private SilenceDue? due;
    private HashSet<(GraphGuard, string?)> alarming = [];
    private HashSet<(string, int)> dropping = [];

    public CellWatch(
        TenantCell cell,
        TimeProvider clock,
        TenantCellLog report,
        ControlPublisher publisher,
        NodeAlarms? node
    )
    {
        (this.cell, this.clock, this.report, this.publisher, this.node) = (cell, clock, report, publisher, node);
        loop = Task.Run(RunAsync, stop.Token);
    }

    /// <summary>The graph as it is now.</summary>
    public async Task<HealthAnswers> LookAsync(CancellationToken cancellation)
    {
        HealthAnswers health = await cell.AskAsync(store => new HealthAnswers(store.Machine), cancellation)
            .ConfigureAwait(false);
        using (health) // the pages: what was measured stays
            await Task.Run(() => health.Figures, cancellation).ConfigureAwait(false);
        return health;
    }

    /// <summary>When to look though no events come, milliseconds since 1970, <see cref="long.MaxValue"/> for never; null: nobody has looked since the last event.</summary>
    public long? DueAt => due is { } last && last.Position == cell.Log?.NextPosition && !again ? last.At : null;

    /// <summary>The next look comes whether or not there are events.</summary>
    public void LookAgain() => again = true;

    /// <summary>Looks now, if nobody has yet or something asks for it.</summary>
    public async Task LookOnceAsync(CancellationToken cancellation)
    {
        if (looked == 0 || again)
            await LookAllAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IdentityInstruments.Forget(this);
        VolumeInstruments.Forget(this);
        stop.Dispose();
        turn.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan pause = Interval;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stop.Token).ConfigureAwait(false);
            pause = Interval;
            try
            {
                pause = await LookAllAsync(stop.Token).ConfigureAwait(false);
                if (!preparing.IsCompleted) // of a large tenant, it takes minutes now and then: no alarm waits for it
                    continue;
                Task last = preparing;
                preparing = PrepareAsync();
                await last.ConfigureAwait(false); // where it failed
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                looked = 0;
                if (error is not (CellBusyException or CellClosedException))
                    report.WatchFailed(error);
            }
        }
    }

    private async Task PrepareAsync()
    {
        ITenantLog log = await cell.AskAsync(store => store.Log, stop.Token).ConfigureAwait(false);
        await Task.Run(() => cell.Places.Prepare(log, stop.Token), stop.Token).ConfigureAwait(false);
    }

    // Gives how long to wait before the next look.
    private async Task<TimeSpan> LookAllAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            (long next, bool stands) = await cell.AskAsync(
                    store => (store.Machine.NextPosition, store.Machine.Alarms.Standing.Count > 0),
                    cancellation
                )
                .ConfigureAwait(false);
            // What stands may be over without any event: its condition has to be well for some minutes.
            if (next == 0 || (next == looked && now / VolumeGuard.LagMs == lookedHour && !again && !stands))
                return Interval;
            again = false;
            (looked, lookedHour) = (next, now / VolumeGuard.LagMs);
            long started = clock.GetTimestamp();
            HealthAnswers health = await LookAsync(cancellation).ConfigureAwait(false);
            (VolumeView volumes, GateVersion[] versions, AlarmSettings settings) = await cell.AskAsync(
                    store =>
                        (
                            new VolumeView(store.Machine),
                            store.Machine.GateVersions.ToArray(),
                            store.Machine.Alarms.Settings
                        ),
                    cancellation
                )
                .ConfigureAwait(false);
            IReadOnlyList<VolumeAlarm> drops = VolumeGuard.Judge(volumes);
            TimeSpan took = clock.GetElapsedTime(started) / ShareMax;
            Note(health);
            Note(drops);
            List<AlarmCondition> wrong =
            [
                .. health.Alarms.Select(AlarmConditions.Of),
                .. drops.Select(AlarmConditions.Of),
                .. NewNames.Judge(volumes).Select(AlarmConditions.Of),
                .. AlarmConditions.OfBrakes(versions),
            ];
            if (SilenceGuard.Judge(volumes, settings.SilenceHours, now) is { } silence)
                wrong.Add(AlarmConditions.Of(silence));
            long dueAt = wrong.Exists(x => x.Kind == AlarmKinds.VolumeSilent)
                ? long.MaxValue
                : SilenceGuard.DueAt(volumes, settings.SilenceHours, now) ?? long.MaxValue;
            await SayAsync(wrong, versions.Length > 0, now, cancellation).ConfigureAwait(false);
            due = new(
                await cell.AskAsync(store => store.Machine.NextPosition, cancellation).ConfigureAwait(false),
                dueAt
            );
            return TimeSpan.FromTicks(Math.Clamp(took.Ticks, Interval.Ticks, PauseMax.Ticks));
        }
        finally
        {
            turn.Release();
        }
    }

    private sealed record SilenceDue(long Position, long At);

    private async Task SayAsync(List<AlarmCondition> wrong, bool hasGate, long now, CancellationToken cancellation)
    {
        HashSet<string> kinds = [.. OfTenant];
        if (hasGate && node?.Conditions(now) is { } ofNode)
        {
            wrong.AddRange(ofNode);
            kinds.Add(AlarmKinds.BotListOld);
        }
        if (cell.StoppedHooks is { } stopped)
        {
            wrong.AddRange(stopped);
            kinds.Add(AlarmKinds.WebhookPaused);
        }
        await publisher
            .PublishAsync(
                machine => desk.Step(machine.Alarms, wrong, kinds, now),
                alarms => [.. alarms.Select(x => new ControlStatement(ControlDocument.AlarmKind, x.ToDocument()))],
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static readonly FrozenSet<string> OfTenant =
    [
        AlarmKinds.GraphGuard,
        AlarmKinds.VolumeDrop,
        AlarmKinds.VolumeSilent,
        AlarmKinds.EventNew,
        AlarmKinds.Brake,
    ];

    private void Note(HealthAnswers health)
    {
        IReadOnlyList<GuardAlarm> alarms = health.Alarms;
        IdentityInstruments.Note(this, health.Figures, alarms);
        HashSet<(GraphGuard, string?)> now = [.. alarms.Select(alarm => (alarm.Guard, alarm.Type))];
        foreach (GuardAlarm alarm in alarms)
            if (!alarming.Contains((alarm.Guard, alarm.Type)))
                report.GuardRaised(alarm);
        foreach ((GraphGuard guard, string? type) in alarming)
            if (!now.Contains((guard, type)))
                report.GuardCleared(guard, type);
        alarming = now;
    }

    private void Note(IReadOnlyList<VolumeAlarm> drops)
    {
        VolumeInstruments.Note(this, drops.Count);
        HashSet<(string, int)> now = [.. drops.Select(drop => (drop.Name, drop.Hours))];
        foreach (VolumeAlarm drop in drops)
            if (!dropping.Contains((drop.Name, drop.Hours)))
                report.VolumeDropped(drop);
        foreach ((string name, int hours) in dropping)
            if (!now.Contains((name, hours)))
                report.VolumeRecovered(name, hours);
        dropping = now;
    }
}

/// <summary>What is wrong with this node, which tenants that use it are told of; set once the service is put together.</summary>
internal sealed class NodeAlarms
{
    private Func<long, IReadOnlyList<AlarmCondition>>? source;

    public void Set(Func<long, IReadOnlyList<AlarmCondition>> conditions) => Volatile.Write(ref source, conditions);

    /// <summary>Null: nobody knows yet.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public IReadOnlyList<AlarmCondition>? Conditions(long now) => Volatile.Read(ref source)?.Invoke(now);
}
