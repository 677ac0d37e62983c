using System.Globalization;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Tenants;

[Collection(nameof(Alone))]
public sealed class TenantMemoryTests : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<TenantRegistry> registries = [];

    [Fact]
    public void Tenants_Closed_CostNextToNothing()
    {
        const int Count = 200;

        long bytes = ActionCost.HeldBytes(() => Tenants(Count)) / Count;

        Assert.InRange(bytes, 100, 10_000);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TenantRegistry registry in registries)
            await registry.DisposeAsync();
        folder.Dispose();
    }

    private TenantRegistry Tenants(int count)
    {
        string data = folder[registries.Count.ToString(CultureInfo.InvariantCulture)];
        TenantRegistry registry = new(data, new FakeCells(), new FakeTimeProvider());
        registries.Add(registry);
        for (int i = 0; i < count; i++)
            registry.Create(TenantId.Parse($"tenant-{i}"), new());
        return registry;
    }
}
