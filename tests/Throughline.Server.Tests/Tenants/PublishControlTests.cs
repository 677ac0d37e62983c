using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>Of two statements the one that was published later holds, whatever the clock says.</summary>
public sealed class PublishControlTests
{
    private static readonly TenantSettings Settings = new("demo");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PublishControl_ClockSteppedBackOverARestart_TheLaterStatementHolds(bool snapshot)
    {
        using TempFolder folder = new();
        FakeTimeProvider before = new();
        FakeTimeProvider after = new(before.GetUtcNow() - TimeSpan.FromHours(3));
        await using (TenantCell cell = Open(folder, before))
        {
            await SeeAdaAsync(cell);
            await PublishAsync(cell, days: 7, blocked: true);
            Assert.Null(await ResolveAdaAsync(cell));
            if (snapshot)
                await cell.SnapshotAsync();
        }
        await using TenantCell again = Open(folder, after);

        await PublishAsync(again, days: 30, blocked: false);

        Assert.Equal(snapshot, again.Recovery.SnapshotPosition > 0);
        CampaignRule[] rules = await again.AskAsync(
            store => store.Machine.Campaigns.OrderBy(rule => rule.Published).ToArray(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal([(1, 7), (2, 30)], rules.Select(rule => (rule.Version, (int)(rule.WindowMs / MsPerDay))));
        Assert.Equal(rules.Length, rules.Select(rule => rule.Published).Distinct().Count());
        Assert.NotNull(await ResolveAdaAsync(again));
    }

    [Fact]
    public async Task PublishControl_AtOneInstant_EachHasItsOwn()
    {
        using TempFolder folder = new();
        await using TenantCell cell = Open(folder, new());

        for (int days = 1; days <= 5; days++)
            await PublishAsync(cell, days, blocked: days % 2 == 1);

        int[] windows = await cell.AskAsync(
            store =>
                store
                    .Machine.Campaigns.OrderBy(rule => rule.Published)
                    .Select(rule => (int)(rule.WindowMs / MsPerDay))
                    .ToArray(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal([1, 2, 3, 4, 5], windows);
    }

    private const long MsPerDay = 24L * 60 * 60 * 1000;

    private static TenantCell Open(TempFolder folder, FakeTimeProvider clock) =>
        TenantCell.Open(folder.Path, Settings, clock, NullLogger.Instance);

    private static async Task PublishAsync(TenantCell cell, int days, bool blocked)
    {
        CampaignRule rule = new(
            "summer",
            0,
            days * MsPerDay,
            CreditModel.LastTouch,
            0,
            "default",
            0,
            long.MaxValue,
            true,
            0,
            0
        );
        await PublishAsync(cell, ControlDocument.CampaignKind, ControlDocument.Campaign(rule));
        Token ada = Fact.TokenOf("user", "ada");
        await PublishAsync(cell, ControlDocument.BlockKind, ControlDocument.Block("user", ada, blocked));
    }

    private static async Task PublishAsync(TenantCell cell, string kind, byte[] document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        await cell.PublishControlAsync(kind, json.RootElement, TestContext.Current.CancellationToken);
    }

    private static async Task SeeAdaAsync(TenantCell cell)
    {
        RecordBuffer buffer = new();
        buffer.Append(
            new Fact("e1", EventType.Identify, FactGenerator.Start) { Identifiers = [("user", "ada")] }.Encode()
        );
        await cell.SubmitAsync(buffer, TestContext.Current.CancellationToken);
    }

    private static Task<byte[]?> ResolveAdaAsync(TenantCell cell) =>
        cell.QueryAsync(
            new CellQuery.Resolve("user", Fact.TokenOf("user", "ada")),
            TestContext.Current.CancellationToken
        );
}
