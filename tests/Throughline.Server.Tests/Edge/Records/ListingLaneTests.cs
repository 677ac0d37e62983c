using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Records;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Records;

/// <summary>What rules put into lists is durable, without a decision that waits.</summary>
public sealed class ListingLaneTests
{
    private const string Trap = """
        lists:
          - name: trapped
        rules:
          - {id: listed, when: list.trapped, action: deny}
          - {id: trap, when: request.path == '/trap', addToList: trapped, listFor: 1h, reason: nobody goes there}
          - {id: failed-log-in, phase: response, when: response.status == 401, addToList: trapped, listFor: 1h}
        """;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listed_Restarted_IsListedWithRuleReasonAndExpiry()
    {
        await using TestService service = await GateKit.StartAsync();
        Assert.Equal(200, (await service.PublishAsync(Trap)).Status);
        await service.AskAsync("/trap", "203.0.113.9");
        string id = (string)
            (await service.PostAsync("/v1/decisions", """{"method":"GET","path":"/","address":"203.0.113.10"}""")).Json[
                "id"
            ]!;
        await service.PostAsync($"/v1/decisions/{id}/response", """{"status":401}""");
        string[] before = await EntriesAsync(service);
        Assert.Equal(
            [
                "203.0.113.9 trap nobody goes there 2026-06-01T13:00:00.000Z",
                "203.0.113.10 failed-log-in  2026-06-01T13:00:00.000Z",
            ],
            before.Select(entry => entry.Replace("rule:", "", StringComparison.Ordinal))
        );
        await service.Server.StopAsync(Ended);

        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        GateList list = again.Edge.Find(EdgeKit.Alpha)!.Lists.Find("trapped")!;
        Assert.Equal(
            before,
            list.Entries(0)
                .Select(x => $"{x.Value} {x.Source} {x.Reason} {Core.Events.EventTime.ToText(x.ExpiresAt!.Value)}")
        );
    }

    [Fact]
    public async Task Listed_RemovedByHand_StaysRemovedAfterARestart()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Trap);
        for (int i = 1; i <= 5; i++) // all but the first wait for the next batch
            await service.AskAsync("/trap", $"203.0.113.{i}");
        await service.SendAsync(
            HttpMethod.Delete,
            "/v1/gate/lists/trapped/entries",
            TestService.Json("""{"author":"ann","values":["203.0.113.4","203.0.113.5"]}""")
        );
        await service.AskAsync("/trap", "203.0.113.5"); // and is listed again
        await service.Server.StopAsync(Ended);

        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        Assert.Equal(
            ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.5"],
            again.Edge.Find(EdgeKit.Alpha)!.Lists.Find("trapped")!.Entries(0).Select(entry => entry.Value)
        );
    }

    [Fact]
    public async Task Add_GoesOnMatching_IsStoredAnewOnceATenthOfItsTimeHasPassed()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await TestService.StartAsync(
            new(),
            time => new TenantCellFactory(time, NullLoggerFactory.Instance),
            clock
        );
        ListBook lists = new();
        lists.Declare("trapped", ListKind.Address);
        await using ListingLane lane = new(EdgeKit.Alpha, service.Server.Registry, clock, NullLogger.Instance);
        long start = TestService.Now.ToUnixTimeMilliseconds();
        int after = 0;
        foreach (int second in (int[])[0, 1, 59, 60, 61])
        {
            lane.Add([Of(lists, "203.0.113.9", start + second * 1000, isTaken: true)]);
            clock.Advance(ListingLane.Pause);
            await UntilStoredAsync(service, clock, after = second < 60 ? 1 : 2);
        }
        lane.Add([Of(lists, "203.0.113.10", start, isTaken: false)]); // it was full
        await lane.DisposeAsync();
        Assert.Equal(after, await StoredAsync(service));
    }

    [Fact]
    public async Task ListFull_IsShownInTheOverview()
    {
        ListBook small = new(new(EntriesMax: 2));
        small.Declare("trapped", ListKind.Address);
        GateList list = small.Find("trapped")!;
        for (int i = 1; i <= 4; i++)
            Assert.Equal(i <= 2, list.Add(AddressOf($"203.0.113.{i}"), 10, "rule"));
        Assert.Equal((2, 2, 2L), (list.Count, list.EntriesMax, list.Refused));
        list.Sweep(10);
        Assert.True(list.Add(AddressOf("203.0.113.9"), 20, "rule"));

        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Trap);
        JsonNode shown = Assert.Single((await service.GetAsync("/v1/gate/lists")).Json["lists"]!.AsArray())!;
        Assert.Equal((2_000_000, 0), ((int)shown["entriesMax"]!, (int)shown["refused"]!));
    }

    private static Listing Of(ListBook lists, string address, long now, bool isTaken) =>
        new(lists.Find("trapped")!, AddressOf(address), now + 600_000, 600_000, "trap", null, isTaken);

    private static IpAddress AddressOf(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out _) ? address : throw new ArgumentException(text);

    private static async Task<int> StoredAsync(TestService service)
    {
        using CellLease lease = await service.Server.Registry.UseAsync(EdgeKit.Alpha, Ended);
        int count = 0;
        await foreach (GateListChange change in lease.Cell.Gate.ListChangesAsync(Ended))
            count += change.Entries.Count;
        return count;
    }

    // The lane may begin to rest only after the clock has moved: it moves on until there is what is waited for.
    private static Task UntilStoredAsync(TestService service, FakeTimeProvider clock, int count) =>
        Waiting.UntilAsync(async () =>
        {
            if (await StoredAsync(service) >= count)
                return true;
            clock.Advance(ListingLane.Pause);
            return false;
        });

    private static async Task<string[]> EntriesAsync(TestService service) =>
        [
            .. (await service.GetAsync("/v1/gate/lists/trapped")).Json["entries"]!
                .AsArray()
                .Select(x => $"{x!["value"]} {x["source"]} {x["reason"]} {x["expires"]}"),
        ];
}
