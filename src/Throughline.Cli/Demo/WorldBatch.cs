using Throughline.Cli.Service;
using Throughline.World;

namespace Throughline.Cli.Demo;

/// <summary>The next events of a world's run.</summary>
internal sealed class WorldBatch : EventBatch
{
    public const int Events = 1000;

    /// <summary>The next batch, or null at the end of the run.</summary>
    public static WorldBatch? Of(WorldRun run, int most = Events)
    {
        var batch = new WorldBatch();
        batch.Count = run.Write(batch.Buffer, most);
        if (batch.Count > 0)
            return batch;
        batch.Dispose();
        return null;
    }
}
