using Throughline.Cli.Service;
using Throughline.World;

namespace Throughline.Cli.Demo;

/// <summary>The next events of a world's run, with the decisions that its edge has made by then.</summary>
internal sealed class WorldBatch : EventBatch
{
    public const int Events = 1000;

    /// <summary>How many of the events are decisions.</summary>
    public int Decisions { get; private set; }

    /// <summary>The next batch, or null at the end of the run.</summary>
    /// <param name="gate">The edge; null if the world has none.</param>
    public static WorldBatch? Of(WorldRun run, WorldGate? gate = null, int most = Events)
    {
        var batch = new WorldBatch();
        int events = run.Write(batch.Buffer, most);
        batch.Decisions = gate?.Judge(events > 0 ? run.Arrival : long.MaxValue, batch.Buffer) ?? 0;
        batch.Count = events + batch.Decisions;
        if (batch.Count > 0)
            return batch;
        batch.Dispose();
        return null;
    }
}
