using Throughline.Server.Tenants;

namespace Throughline.Server.Tests.Kit;

/// <summary>What tests make a cell do between batches.</summary>
internal static class CellSteps
{
    /// <summary>Writes a snapshot of what is committed.</summary>
    public static Task SnapshotAsync(this TenantCell cell) =>
        cell.AskAsync(
            store =>
            {
                store.PrepareSnapshot()();
                return true;
            },
            TestContext.Current.CancellationToken
        );
}
