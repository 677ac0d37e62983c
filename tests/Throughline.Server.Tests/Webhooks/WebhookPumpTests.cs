using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Explain;
using Throughline.Server.Outbound;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Server.Webhooks;
using Throughline.Testing;

namespace Throughline.Server.Tests.Webhooks;

/// <summary>A webhook's items reach its receiver in order and at least once, whatever the receiver does and whenever the service dies.</summary>
public sealed class WebhookPumpTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly LogRecorder log = new();
    private readonly OutboundSender sender;
    private readonly Webhook hook = new()
    {
        Id = "orders",
        Version = 1,
        Url = "",
        Kinds = ["attribution"],
        Secrets = [WebhookSecret.Create()],
        BatchMax = 3,
        BatchMs = 0,
        Created = 7,
    };

    public WebhookPumpTests() =>
        sender = new(OutboundModel.Of(new() { AllowHttp = true, AllowedNetworks = ["127.0.0.1"] }), clock);

    public void Dispose()
    {
        sender.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Step_ReceiverTakes_DeliversAllInOrderAndOnce_AlsoAfterARestart()
    {
        await using HookReceiver receiver = new();
        ItemSource source = new(10);
        WebhookPump pump = Pump(receiver);
        await DrainAsync(pump, source);
        source.Add(4);
        await DrainAsync(Pump(receiver), source);

        Assert.Equal(source.Ids, receiver.Items);
        Assert.Equal([3, 3, 3, 1, 3, 1], receiver.Taken.Select(delivery => delivery.Items.Count));
        Assert.Equal(6, receiver.Taken.Select(delivery => delivery.Id).Distinct().Count());
    }

    /// <summary>The law: of what was taken, each first time is in order and nothing is missing; a repetition is whole, and only after a crash.</summary>
    [Fact]
    public async Task Step_ReceiverFailsAndServiceDiesByLot_EveryItemComesInOrderAndIdsAreStable()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 10; round++)
        {
            using TempFolder own = new();
            int[] statuses = [200, 204, 299, 301, 400, 404, 429, 500, 503, 0];
            await using HookReceiver receiver = new(_ => new HookAnswer(
                random.Next(2) == 0 ? 204 : statuses[random.Next(statuses.Length)]
            ));
            ItemSource source = new(random.Next(1, 60));
            WebhookPump pump = Pump(receiver, own.Path);
            int crashes = 0;
            for (int step = 0; step < 10_000 && pump.State.Delivered < source.Ids.Count; step++)
            {
                byte[]? kept = random.Next(4) == 0 ? FileOf(own.Path) : null;
                TimeSpan pause = await pump.StepAsync(source, TestContext.Current.CancellationToken);
                clock.Advance(pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
                if (kept is null)
                    continue;
                // As if the process had died before the file was written: at worst a delivery that was taken is made again.
                await File.WriteAllBytesAsync(PathOf(own.Path), kept, TestContext.Current.CancellationToken);
                pump = Pump(receiver, own.Path);
                crashes++;
                if (random.Next(2) == 0)
                    source.Add(random.Next(5)); // another batch is another delivery
            }
            Assert.Equal(source.Ids, receiver.Items.Distinct());
            foreach (IGrouping<string, HookDelivery> same in receiver.All.GroupBy(delivery => delivery.Id))
                Assert.Single(same.Select(delivery => delivery.Body).Distinct());
            Assert.InRange(receiver.Items.Count - source.Ids.Count, 0, crashes * hook.BatchMax);
        }
    }

    [Fact]
    public async Task Step_ReceiverFails_TriesAgainWhenThePolicySaysSoAndNotBefore()
    {
        int status = 500;
        await using HookReceiver receiver = new(_ => new HookAnswer(status));
        ItemSource source = new(1);
        WebhookPump pump = Pump(receiver);
        CancellationToken ended = TestContext.Current.CancellationToken;
        for (int n = 1; n <= 5; n++)
        {
            Assert.Equal(TimeSpan.Zero, await pump.StepAsync(source, ended));
            Assert.Equal(n, receiver.All.Count);
            TimeSpan pause = await pump.StepAsync(source, ended);
            TimeSpan expected = RetryPolicy.PauseAfter(receiver.All[^1].Id, n, null, clock.GetUtcNow());
            Assert.Equal(expected.TotalMilliseconds, pause.TotalMilliseconds, 1.0);
            clock.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(1, (await pump.StepAsync(source, ended)).TotalMilliseconds);
            Assert.Equal(n, receiver.All.Count);
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal("was answered 500", pump.State.LastError);
        status = 200;
        await DrainAsync(pump, source);
        Assert.Equal((0, null), (pump.State.Failures, pump.State.LastError));
        Assert.Single(receiver.All.Select(delivery => delivery.Id).Distinct());
        Assert.NotEqual(receiver.All[0].Timestamp, receiver.All[^1].Timestamp); // each try is signed anew
        Assert.Single(log.Lines, line => line.Contains("is tried again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_ReceiverSaysWhen_IsHeeded()
    {
        int tries = 0;
        await using HookReceiver receiver = new(_ =>
            Interlocked.Increment(ref tries) switch
            {
                1 => new HookAnswer(429, "90"),
                2 => new HookAnswer(503, clock.GetUtcNow().AddMinutes(5).ToString("R")),
                _ => new HookAnswer(200),
            }
        );
        ItemSource source = new(1);
        WebhookPump pump = Pump(receiver);
        CancellationToken ended = TestContext.Current.CancellationToken;
        await pump.StepAsync(source, ended);
        Assert.Equal(TimeSpan.FromSeconds(90), await pump.StepAsync(source, ended));
        clock.Advance(TimeSpan.FromSeconds(90));
        await pump.StepAsync(source, ended);
        Assert.Equal(300, (await pump.StepAsync(source, ended)).TotalSeconds, 1.0); // the header has whole seconds
    }

    [Fact]
    public async Task Step_ReceiverIsGone_StopsAtOnceAndGoesOnWhereItStoodWhenResumed()
    {
        int status = 410;
        await using HookReceiver receiver = new(delivery => new HookAnswer(
            delivery.Items.Contains("item-4") ? Volatile.Read(ref status) : 200
        ));
        ItemSource source = new(9);
        WebhookPump pump = Pump(receiver);
        await DrainAsync(pump, source);
        Assert.Equal(WebhookStatus.Disabled, pump.State.Status);
        Assert.Equal(["item-0", "item-1", "item-2"], receiver.Items);
        Assert.Equal(Timeout.InfiniteTimeSpan, await pump.StepAsync(source, TestContext.Current.CancellationToken));

        pump = Pump(receiver); // also after a restart
        Assert.Equal(WebhookStatus.Disabled, pump.State.Status);
        Volatile.Write(ref status, 200);
        pump.Resume(null);
        await DrainAsync(pump, source);
        Assert.Equal(source.Ids, receiver.Items);
    }

    [Fact]
    public async Task Step_AllFailsForThePeriod_PausesThen_AndResumesElsewhereIfTold()
    {
        int status = 500;
        await using HookReceiver receiver = new(_ => new HookAnswer(Volatile.Read(ref status)));
        ItemSource source = new(5);
        WebhookPump pump = Pump(receiver);
        DateTimeOffset began = clock.GetUtcNow();
        while (pump.State.Status == WebhookStatus.Active)
        {
            TimeSpan pause = await pump.StepAsync(source, TestContext.Current.CancellationToken);
            clock.Advance(pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
        }
        Assert.Equal(WebhookStatus.Paused, pump.State.Status);
        // The first try at or after the period's end: less than the longest pause behind it.
        Assert.InRange((clock.GetUtcNow() - began).TotalHours, 72, 73);
        Assert.InRange(pump.State.Failures, 72, 72 * 2 + 13);
        Assert.Single(log.Lines, line => line.Contains("stopped until it is resumed", StringComparison.Ordinal));

        Volatile.Write(ref status, 200);
        pump.Resume(new(3, 0));
        await DrainAsync(pump, source);
        Assert.Equal(["item-3", "item-4"], receiver.Items);
    }

    [Fact]
    public async Task Step_DeliveryIsNotFull_WaitsForMoreAsLongAsIsSaid()
    {
        await using HookReceiver receiver = new();
        ItemSource source = new(1);
        WebhookPump pump = Pump(receiver, waits: 400);
        CancellationToken ended = TestContext.Current.CancellationToken;
        Assert.Equal(400, (await pump.StepAsync(source, ended)).TotalMilliseconds);
        clock.Advance(TimeSpan.FromMilliseconds(300));
        source.Add(1);
        Assert.Equal(100, (await pump.StepAsync(source, ended)).TotalMilliseconds);
        Assert.Empty(receiver.All);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await pump.StepAsync(source, ended);
        Assert.Equal(2, Assert.Single(receiver.All).Items.Count);

        await pump.StepAsync(source, ended);
        source.Add(3); // full: at once
        await pump.StepAsync(source, ended);
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task Step_StateIsDamaged_DeliversAgainFromTheBeginning()
    {
        await using HookReceiver receiver = new();
        ItemSource source = new(4);
        await DrainAsync(Pump(receiver), source);
        await File.WriteAllTextAsync(PathOf(folder.Path), "{\"created\":", TestContext.Current.CancellationToken);
        await DrainAsync(Pump(receiver), source);
        Assert.Equal([.. source.Ids, .. source.Ids], receiver.Items);
        Assert.Equal(2, receiver.All.Select(delivery => delivery.Id).Distinct().Count()); // the receiver can tell
    }

    [Fact]
    public async Task Step_WebhookOfTheSameIdIsCreatedAnew_BeginsAnew()
    {
        await using HookReceiver receiver = new();
        ItemSource source = new(2);
        await DrainAsync(Pump(receiver), source);
        await DrainAsync(Pump(receiver, created: 8), source);
        Assert.Equal([.. source.Ids, .. source.Ids], receiver.Items);
    }

    [Fact]
    public async Task Step_FilterTakesNothing_PassesOverAndSendsNothing()
    {
        await using HookReceiver receiver = new();
        ItemSource source = new(5);
        WebhookPump pump = Pump(receiver, filter: "data.n > 100");
        await DrainAsync(pump, source);
        Assert.Empty(receiver.All);
        Assert.Equal(5, pump.State.Cursor.Position);
    }

    private async Task DrainAsync(WebhookPump pump, ItemSource source)
    {
        for (int i = 0; i < 1_000; i++)
        {
            TimeSpan pause = await pump.StepAsync(source, TestContext.Current.CancellationToken);
            if (pause == WebhookPump.Poll || pause == Timeout.InfiniteTimeSpan)
                return;
            clock.Advance(pause);
        }
        Assert.Fail("it never ends");
    }

    private WebhookPump Pump(
        HookReceiver receiver,
        string? path = null,
        int waits = 0,
        long created = 7,
        string filter = ""
    ) =>
        new(
            "shop",
            hook with
            {
                Url = receiver.Url,
                BatchMs = waits,
                Created = created,
                Filter = filter,
            },
            new(path ?? folder.Path),
            sender,
            clock,
            log
        );

    private static string PathOf(string path) => Path.Combine(path, "webhooks", "orders.json");

    private static byte[] FileOf(string path) => File.Exists(PathOf(path)) ? File.ReadAllBytes(PathOf(path)) : [];
}

/// <summary>Items in a row, as a log would give them.</summary>
internal sealed class ItemSource : FakeHooks
{
    private readonly List<OutgoingItem> items = [];

    public ItemSource(int count) => Add(count);

    public IReadOnlyList<string> Ids => [.. items.Select(item => item.Id)];

    public void Add(int count)
    {
        for (; count > 0; count--)
            items.Add(
                new(
                    $"item-{items.Count}",
                    "attribution.attributed",
                    1_767_225_600_000 + items.Count,
                    Encoding.UTF8.GetBytes($"{{\"n\":{items.Count}}}")
                )
            );
    }

    public override Task<WebhookPage> ReadAsync(
        Webhook hook,
        WebhookFilter filter,
        WebhookCursor from,
        CancellationToken cancellation
    )
    {
        OutgoingItem[] page = [.. items.Skip((int)from.Position).Take(hook.BatchMax)];
        long next = from.Position + page.Length;
        return Task.FromResult(new WebhookPage([.. page.Where(filter.Takes)], new(next, 0), next == items.Count));
    }
}
