using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Tenants;

[Collection(nameof(Alone))]
public sealed class TenantMemoryTests
{
    [Fact]
    public async Task Tenants_Closed_CostNextToNothing()
    {
        const int Count = 200;
        using TempFolder folder = new();
        await using TenantRegistry registry = new(folder.Path, new FakeCells(), new FakeTimeProvider());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
            registry.Create(TenantId.Parse($"tenant-{i}"), new());
        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.InRange(bytes, 100, 10_000);
    }
}
