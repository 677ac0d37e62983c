using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Replay;

/// <summary>
/// A tenant in memory alone: a machine, the events that it accepted, and what a driver does around them. For replays of
/// files, for what-would-be runs and for measuring the machine itself. For one thread.
/// </summary>
public sealed class MemoryTenant : IHistory
{
    private readonly RecordChunks events = new();
    private readonly RetiredIndex retired = new();
    private readonly RecordBuffer results = new();
    private readonly PlatformEvents platform;
    private readonly RecordBuffer tick = new();
    private readonly RecordChunks? kept;

    /// <param name="settings">Part of every customer's id.</param>
    /// <param name="keys">Makes the records of ticks.</param>
    /// <param name="keepsResults">Results can be read afterwards; without it they are dropped as they come.</param>
    public MemoryTenant(TenantSettings settings, IEventKeys keys, bool keepsResults = false)
    {
        kept = keepsResults ? new() : null;
        platform = new(keys);
        Machine = new(settings, this);
    }

    public TenantMachine Machine { get; }

    /// <summary>Takes a new event in.</summary>
    public ApplyStatus Apply(ReadOnlySpan<byte> record)
    {
        events.Add(record); // readable while it is applied
        ApplyStatus status = Machine.Apply(record, results);
        if (status != ApplyStatus.Accepted)
            events.RemoveLast();
        Publish();
        return status;
    }

    /// <summary>Takes an event in that was accepted when it was new.</summary>
    public void Replay(ReadOnlySpan<byte> record)
    {
        events.Add(record);
        Machine.Replay(record, results);
        Publish();
    }

    /// <summary>
    /// Takes ids over that the machine wants to keep no longer. To be called now and then; what is not taken stays in the
    /// machine's memory.
    /// </summary>
    public void TakeRetired() => retired.Take(Machine);

    /// <summary>Lets queued work go on until there is none.</summary>
    public void Settle()
    {
        while (Machine.HasBacklog)
        {
            tick.Clear();
            platform.Tick($"settle-{Machine.NextPosition}", Machine.Watermark ?? 0, tick);
            Replay(tick[0]);
        }
    }

    /// <summary>What another machine makes of the same facts in the order of their event times.</summary>
    /// <param name="progress">Told now and then how many events were applied.</param>
    public MemoryTenant ByTime(TenantSettings settings, IProgress<long>? progress, CancellationToken cancellation)
    {
        List<(long Time, long Position)> order = [];
        for (long position = 0; position < events.Count; position++)
        {
            EventRecord record = EventRecord.FromTrusted(events[position]);
            if (record.Type != EventType.Tick) // no fact: it only lets work go on
                order.Add((record.Time, position));
        }
        order.Sort();
        MemoryTenant other = new(settings, new ScratchKeys());
        for (int i = 0; i < order.Count; i++)
        {
            other.Replay(events[order[i].Position]);
            if (ReplayProgress.Report(i, progress, cancellation))
                other.TakeRetired();
        }
        other.Settle();
        return other;
    }

    /// <summary>A result by its sequence.</summary>
    /// <exception cref="InvalidOperationException">Results are not kept.</exception>
    public byte[] ReadResult(long sequence) =>
        (kept ?? throw new InvalidOperationException("results are not kept"))[sequence].ToArray();

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long position) => events[position];

    /// <inheritdoc/>
    public bool TryFindId(Token id, long before, out long position) => retired.TryFind(id, before, out position);

    /// <inheritdoc/>
    public void Foresee(Token id) => retired.Foresee(id);

    private void Publish()
    {
        for (int i = 0; kept is not null && i < results.Count; i++)
            kept.Add(results[i]);
        results.Clear();
    }
}
