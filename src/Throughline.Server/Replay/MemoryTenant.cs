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
    private readonly Dictionary<Token, long> retired = [];
    private readonly RecordBuffer results = new();
    private readonly PlatformEvents platform;
    private readonly RecordBuffer tick = new();
    private readonly ResultHandler? handler;

    /// <param name="settings">Part of every customer's id.</param>
    /// <param name="keys">Makes the records of ticks.</param>
    /// <param name="handler">Takes each result as it comes; null if nobody wants them.</param>
    public MemoryTenant(TenantSettings settings, IEventKeys keys, ResultHandler? handler = null)
    {
        this.handler = handler;
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

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long position) => events[position];

    /// <inheritdoc/>
    public bool TryFindId(Token id, long before, out long position) =>
        retired.TryGetValue(id, out position) && position < before;

    private void Publish()
    {
        for (int i = 0; handler is not null && i < results.Count; i++)
            handler(results[i]);
        results.Clear();
        while (Machine.TryTakeRetired(out RetiredIds? ids))
        {
            foreach ((_, IdEntry[] entries) in ids.ByDay())
            foreach (IdEntry entry in entries)
                retired[entry.Id] = entry.Position;
            Machine.Forget(ids);
        }
    }
}

/// <summary>Takes one result; its bytes are valid during the call only.</summary>
public delegate void ResultHandler(ReadOnlySpan<byte> result);
