using Throughline.Storage.InMemory;
using Throughline.Storage.Sqlite;
using Throughline.Testing;
using Throughline.Testing.Log;

namespace Throughline.Storage.Tests.Log;

/// <summary>Both logs do what the contract says. A failure names its seed: put it into <c>InlineData</c> to run it again.</summary>
public sealed class TenantLogContractTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void InMemory_RandomOperations_EqualLists(int seed)
    {
        InMemoryTenantLog.Medium medium = new();
        TenantLogContract.Run(seed, () => new InMemoryTenantLog(medium));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Sqlite_RandomOperations_EqualLists(int seed)
    {
        using TempFolder folder = new();
        TenantLogContract.Run(seed, () => SqliteTenantLog.Open(folder.Path, "t1", "test", TimeProvider.System));
    }
}
