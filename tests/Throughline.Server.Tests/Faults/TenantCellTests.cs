using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Faults;

/// <summary>What a cell answers while its store fails.</summary>
public sealed class TenantCellTests
{
    private static readonly TenantSettings Settings = new("demo");

    [Fact]
    public async Task Resolve_CommitUnderWayFails_NothingUncommittedIsAnswered()
    {
        using TempFolder folder = new();
        using SemaphoreSlim begun = new(0);
        using SemaphoreSlim go = new(0);
        FaultyDisk disk = new(1, CommitFault.Before, forGood: false)
        {
            Committing = () =>
            {
                begun.Release();
                go.Wait(Waiting.Deadline);
            },
        };
        await using TenantCell cell = Open(folder, disk);
        CellQuery.Resolve who = new("user", Fact.TokenOf("user", "ada"));
        Task<SubmitReceipt> submitted = SubmitAsync(cell);
        await begun.WaitAsync(Waiting.Deadline, TestContext.Current.CancellationToken);

        Task<byte[]?> asked = cell.QueryAsync(who, TestContext.Current.CancellationToken); // memory knows her already
        go.Release(2);

        await Assert.ThrowsAsync<CellClosedException>(() => submitted.SoonAsync());
        Assert.Null(await asked.SoonAsync());
        await SubmitAsync(cell).SoonAsync();
        Assert.NotNull(await cell.QueryAsync(who, TestContext.Current.CancellationToken).SoonAsync());
    }

    [Fact]
    public async Task Resolve_StoreWasDown_BringsItBack()
    {
        using TempFolder folder = new();
        FakeTimeProvider clock = new();
        FaultyDisk disk = new(2, CommitFault.Before, forGood: true, opens: false);
        await using TenantCell cell = Open(folder, disk, clock);
        CellQuery.Resolve who = new("user", Fact.TokenOf("user", "ada"));
        await SubmitAsync(cell).SoonAsync();
        await Assert.ThrowsAsync<CellClosedException>(() => SubmitAsync(cell, "e2").SoonAsync());
        CellClosedException told = await Assert.ThrowsAsync<CellClosedException>(() =>
            cell.QueryAsync(who, TestContext.Current.CancellationToken).SoonAsync()
        );
        Assert.Contains(FaultyDisk.Message, told.Message, StringComparison.Ordinal);

        disk.Heal();
        clock.Advance(TenantWriter.ReopenPause);

        Assert.NotNull(await cell.QueryAsync(who, TestContext.Current.CancellationToken).SoonAsync());
    }

    private static TenantCell Open(TempFolder folder, FaultyDisk disk, TimeProvider? clock = null) =>
        TenantCell.Open(
            folder.Path,
            Settings,
            clock ?? TimeProvider.System,
            NullLogger.Instance,
            () => TenantStore.Open(folder.Path, Settings, disk.Open())
        );

    private static Task<SubmitReceipt> SubmitAsync(TenantCell cell, string id = "e1")
    {
        RecordBuffer buffer = new();
        buffer.Append(
            new Fact(id, EventType.Identify, FactGenerator.Start) { Identifiers = [("user", "ada")] }.Encode()
        );
        return cell.SubmitAsync(buffer, TestContext.Current.CancellationToken).AsTask();
    }
}
