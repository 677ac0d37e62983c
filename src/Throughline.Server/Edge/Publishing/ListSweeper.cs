using Throughline.Core.Gate.Lists;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Drops expired entries of all lists once a minute: they count no more when they expire, but take room until then.</summary>
internal sealed class ListSweeper : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly EdgeService edges;
    private readonly TimeProvider clock;
    private readonly ITimer timer;

    public ListSweeper(EdgeService edges, TimeProvider clock)
    {
        (this.edges, this.clock) = (edges, clock);
        timer = clock.CreateTimer(_ => Sweep(), null, Every, Every);
    }

    public void Dispose() => timer.Dispose();

    private void Sweep()
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (TenantEdge edge in edges.All)
        foreach (GateList list in edge.Lists.All)
            list.Sweep(now);
    }
}
