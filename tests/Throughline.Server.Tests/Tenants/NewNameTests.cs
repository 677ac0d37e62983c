using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>A nurturing event's name is declared by sending it; the sender is told of a new one, once.</summary>
public sealed class NewNameTests
{
    private static readonly TenantSettings Settings = new("demo");

    [Fact]
    public async Task Submit_NamesInBatches_ToldOfTheFirstOnly()
    {
        FaultyDisk disk = new(0, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);

        SubmitReceipt first = await run.ReceiptAsync(
            new Fact("e0", EventType.Click, FactGenerator.Start)
            {
                Campaign = "c",
                Identifiers = [("user", "ada")],
            }.Encode(),
            Named("e1", "webinar_signup"),
            Named("e2", "webinar_signup"),
            Named("e3", "email_open", anonymous: true),
            Named("e4", "email_open")
        );
        SubmitReceipt second = await run.ReceiptAsync(
            Named("e1", "webinar_signup"),
            Named("e5", "webinar_signup"),
            Named("e6", "email_open", anonymous: true),
            Named("e7", "call")
        );

        Assert.Equal([new(1, "webinar_signup"), new(3, "email_open")], first.NewNames);
        Assert.Equal([new(3, "call")], second.NewNames);
    }

    [Fact]
    public async Task Submit_EventIsRefused_DeclaresNothing()
    {
        FaultyDisk disk = new(0, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);
        await run.SubmitAsync(Named("e1", "call"));

        SubmitReceipt conflict = await run.ReceiptAsync(Named("e1", "visit"));
        SubmitReceipt accepted = await run.ReceiptAsync(Named("e2", "visit"));

        Assert.Equal([ApplyStatus.IdConflict], conflict.Statuses);
        Assert.Empty(conflict.NewNames);
        Assert.Equal([new(0, "visit")], accepted.NewNames);
    }

    [Fact]
    public async Task Submit_CommitFails_NameIsToldWhenItIsStored()
    {
        FaultyDisk disk = new(1, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);

        await Assert.ThrowsAsync<CellClosedException>(() => run.ReceiptAsync(Named("e1", "call")));

        Assert.Equal([new(0, "call")], (await run.ReceiptAsync(Named("e1", "call"))).NewNames);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_AfterARestart_KnownNamesStayKnown(bool snapshot)
    {
        using TempFolder folder = new();
        LogRecorder log = new();
        await using (TenantCell cell = Open(folder, log))
        {
            await SubmitAsync(cell, Named("e1", "call"), Named("e2", "visit", anonymous: true));
            if (snapshot)
                await cell.SnapshotAsync();
        }
        await using TenantCell again = Open(folder, log);

        SubmitReceipt receipt = await SubmitAsync(
            again,
            Named("e3", "call"),
            Named("e4", "visit"),
            Named("e5", "letter")
        );

        Assert.Equal(snapshot ? 2 : 0, again.Recovery.SnapshotPosition);
        Assert.Equal([new(2, "letter")], receipt.NewNames);
        Assert.Equal(
            ["call", "visit", "letter"],
            log.Lines.Where(line => line.Contains("first nurturing event")).Select(line => line.Split(' ')[^1])
        );
    }

    [Fact]
    public async Task Submit_MoreNamesThanThereIsRoomFor_AreRefusedAndUnreported()
    {
        FaultyDisk disk = new(0, CommitFault.Before, forGood: false);
        await using WriterRun run = new(disk.Open);

        SubmitReceipt receipt = await run.ReceiptAsync(
            Enumerable.Range(0, TenantMachine.MaxNurturingNames + 5).Select(i => Named($"e{i}", $"name{i}"))
        );

        Assert.Equal(TenantMachine.MaxNurturingNames, receipt.NewNames.Count);
        Assert.All(
            receipt.Statuses.Take(TenantMachine.MaxNurturingNames),
            status => Assert.Equal(ApplyStatus.Accepted, status)
        );
        Assert.Equal(
            Enumerable.Repeat(ApplyStatus.TooManyNames, 5),
            receipt.Statuses.Skip(TenantMachine.MaxNurturingNames)
        );
    }

    private static byte[] Named(string id, string name, bool anonymous = false) =>
        new Fact(id, EventType.Nurture, FactGenerator.Start)
        {
            Name = name,
            Identifiers = anonymous ? [] : [("user", "ada")],
        }.Encode();

    private static TenantCell Open(TempFolder folder, LogRecorder log) =>
        TenantCell.Open(folder.Path, Settings, new FakeTimeProvider(), log);

    private static Task<SubmitReceipt> SubmitAsync(TenantCell cell, params byte[][] records)
    {
        RecordBuffer buffer = new();
        Array.ForEach(records, record => buffer.Append(record));
        return cell.SubmitAsync(buffer, TestContext.Current.CancellationToken).AsTask();
    }
}
