using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Throughline.Core.Alarms;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Server.Webhooks;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>The webhooks and alarms of one open tenant.</summary>
internal sealed class CellHooks(TenantCell cell, ControlPublisher publisher, ITenantKeys keys, string folder)
    : ITenantHooks
{
    private readonly ConcurrentDictionary<long, IReadOnlyList<string>> ruleNames = [];

    /// <summary>Webhooks that are stopped; null: nobody has said yet.</summary>
    public IReadOnlyList<AlarmCondition>? Stopped { get; private set; }

    public bool IsNoted => Stopped is not null;

    public WebhookStates States { get; } = new(folder);

    public async Task<IReadOnlyList<Webhook>> AllAsync(CancellationToken cancellation)
    {
        (ITenantLog log, HookEntry[] entries) = await cell.AskAsync(
                store => (store.Log, store.Machine.Hooks.Entries.Where(x => !x.IsRemoved).ToArray()),
                cancellation
            )
            .ConfigureAwait(false);
        return [.. entries.Select(entry => Open(log, entry))];
    }

    public async Task<Webhook> PutAsync(
        string id,
        Func<Webhook?, WebhookCursor, Webhook> make,
        CancellationToken cancellation
    )
    {
        States.SetMark(); // before the statement: one that is committed is never overlooked
        Webhook? made = null;
        await publisher
            .PublishAsync(
                machine =>
                {
                    HookEntry? entry = machine.Hooks.Find(id);
                    int others = machine.Hooks.Entries.Count(x => !x.IsRemoved && x.Id != id);
                    return (entry, others, End: new WebhookCursor(machine.NextPosition, machine.NextResult));
                },
                found =>
                {
                    if (found.others >= Webhook.CountMax)
                        throw new ControlRefusedException(
                            new(RejectionReason.BadValue, "", $"A tenant has at most {Webhook.CountMax} webhooks.")
                        );
                    Webhook? before = found.entry is { IsRemoved: false } entry ? Open(LogNow(), entry) : null;
                    made = make(before, found.End) with { Id = id, Version = (found.entry?.Version ?? 0) + 1 };
                    return [Statement(id, made.Version, isRemoved: false, made.Author, made.ToJson())];
                },
                cancellation
            )
            .ConfigureAwait(false);
        return made!;
    }

    public async Task<bool> RemoveAsync(string id, string author, CancellationToken cancellation)
    {
        (HookEntry? entry, _) = await publisher
            .PublishAsync(
                machine => machine.Hooks.Find(id) is { IsRemoved: false } found ? found : null,
                found => found is null ? [] : [Statement(id, found.Version + 1, isRemoved: true, author, null)],
                cancellation
            )
            .ConfigureAwait(false);
        return entry is not null;
    }

    public Task<WebhookCursor> EndAsync(CancellationToken cancellation) =>
        cell.AskAsync(store => new WebhookCursor(store.Machine.NextPosition, store.Machine.NextResult), cancellation);

    public async Task<WebhookPage> ReadAsync(
        Webhook hook,
        WebhookFilter filter,
        WebhookCursor from,
        CancellationToken cancellation
    )
    {
        // Nothing new: nobody is asked.
        if (cell.Log is { } now && from.Position == now.NextPosition && from.Result == now.NextResult)
            return new([], from, IsEnd: true);
        (ITenantLog log, long end, long[] alarms, (long, long)[] versions) = await cell.AskAsync(
                store =>
                    (
                        store.Log,
                        store.Machine.NextPosition,
                        hook.WantsAlarms ? store.Machine.Alarms.Positions.Where(x => x >= from.Position).ToArray() : [],
                        hook.WantsDecisions
                            ? store.Machine.GateVersions.Select(x => (x.Version, x.Position)).ToArray()
                            : []
                    ),
                cancellation
            )
            .ConfigureAwait(false);
        WebhookReader reader = new(log, keys, alarms, end, (version, rule) => NameOf(log, versions, version, rule));
        return await Task.Run(() => reader.Read(hook, filter, from, cancellation), cancellation).ConfigureAwait(false);
    }

    public void Note(IReadOnlyList<AlarmCondition> stopped)
    {
        Stopped = stopped;
        cell.LookAgain();
    }

    public async Task<byte[]> AlarmsAsync(int clearedMax, CancellationToken cancellation)
    {
        await cell.LookOnceAsync(cancellation).ConfigureAwait(false);
        return await cell.AskAsync(store => AlarmAnswers.All(store.Machine.Alarms, clearedMax), cancellation)
            .ConfigureAwait(false);
    }

    public async Task SetAsync(AlarmSettings settings, string author, CancellationToken cancellation)
    {
        byte[] document = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                kind = ControlDocument.AlarmSettingsKind,
                author,
                settings,
            },
            Alarm.Form
        );
        await publisher
            .PublishAsync(_ => 0, _ => [new(ControlDocument.AlarmSettingsKind, document)], cancellation)
            .ConfigureAwait(false);
        cell.LookAgain();
    }

    private ITenantLog LogNow() => cell.Log ?? throw new CellClosedException("the tenant's store is being rebuilt");

    private static ControlStatement Statement(string id, int version, bool isRemoved, string author, byte[]? secret) =>
        new(
            ControlDocument.WebhookKind,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    kind = ControlDocument.WebhookKind,
                    id,
                    version,
                    removed = isRemoved,
                    author,
                }
            ),
            secret
        );

    private Webhook Open(ITenantLog log, HookEntry entry)
    {
        RecordBuffer buffer = new();
        log.Read(entry.Position, buffer);
        EventRecord record = EventRecord.FromTrusted(buffer[0]);
        record.TryGet(EventField.Sealed, out ReadOnlySpan<byte> sealedBytes);
        ArrayBufferWriter<byte> plain = new(sealedBytes.Length);
        keys.Open(sealedBytes, record.Id, plain);
        return Webhook.Read(plain.WrittenSpan, entry.Id, entry.Version);
    }

    private string? NameOf(ITenantLog log, (long Version, long Position)[] versions, long version, int rule)
    {
        if (!ruleNames.TryGetValue(version, out IReadOnlyList<string>? names))
        {
            long position = Array.Find(versions, x => x.Version == version) is { Version: > 0 } known
                ? known.Position
                : -1;
            if (position < 0)
                return null; // of rules that were never published here
            names = [.. GateRecords.ReadRules(log, position).Rules.Select(x => x.Id)];
            ruleNames[version] = names;
        }
        return rule < names.Count ? names[rule] : null;
    }
}
