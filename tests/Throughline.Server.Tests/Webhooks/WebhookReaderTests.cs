using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Alarms;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Webhooks;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Webhooks;

/// <summary>Whatever the size of its pages, a webhook reads the same items in the order of the log, each once, and none too few.</summary>
public sealed class WebhookReaderTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Against the log itself, read from front to back by position and by sequence number.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(406399592)] // a page ends between two decisions, and what the first one caused comes with the next page
    public async Task Read_PagesOfAnySize_GiveAllItemsInTheOrderOfTheirCauses(int? known)
    {
        int seed = known ?? Seeds.Next();
        using TempFolder folder = new();
        await using TenantCell cell = await FilledAsync(folder.Path, seed);
        ITenantHooks hooks = ((ITenantCell)cell).Hooks;
        (List<(long Position, string Id)> events, List<(long Cause, string Id)> results) = await StoredAsync(cell);
        Assert.True(events.Count > 10 && results.Count > 100, $"{events.Count} and {results.Count} are too few");
        List<string> expected = [];
        int next = 0;
        foreach ((long position, string id) in events)
        {
            for (; next < results.Count && results[next].Cause < position; next++)
                expected.Add(results[next].Id);
            expected.Add(id);
        }
        expected.AddRange(results.Skip(next).Select(result => result.Id));

        foreach (int size in (int[])[1, 2, 7, 1_000])
            Assert.Equal(expected, await ReadAsync(hooks, size, "decision", "customer", "attribution", "alarm"));
        Assert.Equal(
            expected.Where(id => id.StartsWith("customer", StringComparison.Ordinal)),
            await ReadAsync(hooks, 7, "customer")
        );
        Assert.Equal(
            expected.Where(id => id.StartsWith("alarm", StringComparison.Ordinal)),
            await ReadAsync(hooks, 2, "alarm.graph_guard")
        );
        Assert.Empty(await ReadAsync(hooks, 2, "alarm.brake"));
    }

    [Fact]
    public async Task Read_CursorIsAheadOfTheLog_GoesOnAtItsEnd()
    {
        using TempFolder folder = new();
        await using TenantCell cell = await FilledAsync(folder.Path, 1);
        ITenantHooks hooks = ((ITenantCell)cell).Hooks;
        WebhookFilter.TryCreate("", out WebhookFilter? all, out _);
        WebhookPage page = await hooks.ReadAsync(Hook(10, "customer"), all!, new(1_000_000, 1_000_000), Ended);
        Assert.Empty(page.Items);
        Assert.Equal(await hooks.EndAsync(Ended), page.Next);
    }

    private static async Task<TenantCell> FilledAsync(string folder, int seed)
    {
        TenantCell cell = TenantCell.Open(folder, new("demo"), new FakeTimeProvider(), NullLogger.Instance);
        List<Fact> facts = new FactGenerator(seed) { Values = 40, Minutes = 400 }.Generate(800);
        foreach (Fact[] some in facts.Chunk(40))
        {
            RecordBuffer records = new();
            foreach (Fact fact in some)
                records.Append(fact.Encode());
            Alarm alarm = Alarm.Raise(new(AlarmKinds.GraphGuard, "degree", 2, 1, "Too much."), 1, some[0].Time);
            records.Append(
                new Fact($"alarm-of-{some[0].Id}", EventType.Control, some[0].Time)
                {
                    Document = (alarm with { Id = $"alarm-{some[0].Id}" }).ToDocument(),
                }.Encode()
            );
            await cell.SubmitAsync(records, Ended);
        }
        await cell.SettleAsync(Ended);
        return cell;
    }

    private static async Task<(List<(long, string)>, List<(long, string)>)> StoredAsync(TenantCell cell)
    {
        List<(long, string)> events = [];
        List<(long, string)> results = [];
        await cell.AskAsync(
            store =>
            {
                store.Log.Scan(
                    0,
                    (position, bytes) =>
                    {
                        EventRecord record = EventRecord.FromTrusted(bytes);
                        string id = record.Text(EventField.Id) ?? "";
                        if (record.Type == EventType.Decision)
                            events.Add((position, $"decision-{id}"));
                        else if (id.StartsWith("alarm-of-", StringComparison.Ordinal))
                            events.Add((position, $"alarm-{id["alarm-of-".Length..]}-raised"));
                        return true;
                    }
                );
                store.Log.ScanResults(
                    0,
                    (_, bytes) =>
                    {
                        ResultRecord result = ResultRecord.FromTrusted(bytes);
                        if (result.Kind != ResultKind.Verdict)
                            results.Add((result.Cause, result.Id));
                        return true;
                    }
                );
                return true;
            },
            Ended
        );
        return (events, results);
    }

    private static async Task<List<string>> ReadAsync(ITenantHooks hooks, int size, params string[] kinds)
    {
        List<string> ids = [];
        WebhookFilter.TryCreate("", out WebhookFilter? all, out _);
        Webhook hook = Hook(size, kinds);
        WebhookCursor at = default;
        for (bool isEnd = false; !isEnd; )
        {
            WebhookPage page = await hooks.ReadAsync(hook, all!, at, Ended);
            Assert.InRange(page.Items.Count, 0, size);
            Assert.True(page.Next.Position >= at.Position && page.Next.Result >= at.Result);
            Assert.True(page.IsEnd || page.Next != at, "it goes round in circles");
            ids.AddRange(page.Items.Select(item => item.Id));
            (at, isEnd) = (page.Next, page.IsEnd);
        }
        Assert.Empty((await hooks.ReadAsync(hook, all!, at, Ended)).Items);
        return ids;
    }

    private static Webhook Hook(int size, params string[] kinds) =>
        new()
        {
            Id = "all",
            Url = "https://example.com/",
            Kinds = kinds,
            Secrets = [],
            BatchMax = size,
        };
}
