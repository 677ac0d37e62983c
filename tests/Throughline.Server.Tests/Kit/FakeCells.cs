using System.Collections.Concurrent;
using Throughline.Server.Tenants;
using Throughline.Storage.Keys;

namespace Throughline.Server.Tests.Kit;

/// <summary>Opens fake cells with real keys, and remembers them.</summary>
internal sealed class FakeCells : ITenantCellFactory
{
    private readonly ConcurrentDictionary<string, FakeCell> cells = new();
    private int opened;

    /// <summary>How many cells were opened so far.</summary>
    public int Opened => Volatile.Read(ref opened);

    /// <summary>Thrown by the next openings.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Openings wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The last cell of a tenant.</summary>
    public FakeCell this[string tenant] => cells[tenant];

    public async Task<ITenantCell> OpenAsync(TenantModel tenant, string folder, CancellationToken cancellation)
    {
        Interlocked.Increment(ref opened);
        await Gate;
        if (Failure is not null)
            throw Failure;
        return cells[tenant.Id.Value] = new(KeyFile.OpenOrCreate(folder, tenant.Id.Value, TimeProvider.System));
    }
}
