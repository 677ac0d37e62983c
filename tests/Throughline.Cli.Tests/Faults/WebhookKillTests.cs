using System.Net.Http.Headers;
using System.Text.Json;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Faults;

/// <summary>
/// The service is killed at random moments while it delivers to a receiver that fails by lot: in the end every result was taken, in order, and
/// under the same id each time.
/// </summary>
public sealed class WebhookKillTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_KilledWhileItDelivers_EveryResultIsDeliveredInOrder()
    {
        Random random = Seeds.Random();
        int lot = random.Next();
        bool fails = true;
        int seen = 0;
        await using HookReceiver receiver = new(_ =>
        {
            int n = Interlocked.Increment(ref seen);
            // Seldom enough that pauses between tries stay short.
            int[] failures = [500, 503, 0, 429];
            return Volatile.Read(ref fails) && new Random(lot + n).Next(4) == 0
                ? new HookAnswer(failures[n % failures.Length], n % 8 == 3 ? "1" : null)
                : new HookAnswer(200);
        });
        using TempFolder data = new();
        string key = await StoredTenant.CreateAsync(data.Path);
        Ledger ledger = new();
        int rounds = LongTests.Rounds(normal: 3, full: 30);
        for (int round = 0; round < rounds; round++)
        {
            await using ServeProcess service = await StartAsync(data.Path);
            using HttpClient client = Client(service.Address, key);
            if (round == 0)
                await PutAsync(client, receiver.Url);
            using Senders senders = new(service.Address, key, ledger);
            if (round == 0)
                await senders.PublishAsync("spring");
            int before = seen;
            Task load = senders.RunAsync(random.Next(), $"w{round}");
            // In the middle: while deliveries are made.
            int until = before + random.Next(5, 25);
            await WaitAsync(() => Task.FromResult(Volatile.Read(ref seen) >= until));
            await service.KillAsync();
            await load.WaitAsync(Deadline, TimeProvider.System, Ended);
        }

        Volatile.Write(ref fails, false);
        await using ServeProcess last = await StartAsync(data.Path);
        using HttpClient asking = Client(last.Address, key);
        await asking.GetStringAsync("v1/state?settled=true", Ended);
        (long events, long results) = await EndAsync(asking);
        await WaitAsync(async () =>
        {
            using JsonDocument hook = JsonDocument.Parse(await asking.GetStringAsync("v1/webhooks/all", Ended));
            return hook.RootElement.GetProperty("result").GetInt64() >= results
                && hook.RootElement.GetProperty("position").GetInt64() >= events;
        });
        await last.KillAsync();

        IReadOnlyList<string> stored = Stored(data.Path);
        string[] taken = [.. receiver.Items.Distinct()];
        string[] lost = [.. stored.Except(taken)];
        Assert.True(
            lost.Length == 0,
            $"{lost.Length} of {stored.Count} results are lost, {lost.FirstOrDefault()} among them"
        );
        Assert.Equal(stored.Distinct(), taken);
        foreach (IGrouping<string, HookDelivery> same in receiver.All.GroupBy(delivery => delivery.Id))
            Assert.Single(same.Select(delivery => delivery.Body).Distinct());
        Assert.True(stored.Count > 100, $"{stored.Count} results are no load");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, {stored.Count} results, {receiver.Items.Count} items taken in {receiver.Taken.Count} of {receiver.All.Count} deliveries"
        );
    }

    private static Task<ServeProcess> StartAsync(string data) =>
        ServeProcess.StartAsync(
            data,
            start =>
            {
                foreach (string argument in (string[])["--webhook-allow", "127.0.0.1", "--webhook-allow-http"])
                    start.ArgumentList.Add(argument);
            }
        );

    private static HttpClient Client(Uri address, string key)
    {
        HttpClient client = new() { BaseAddress = address, Timeout = Deadline };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task PutAsync(HttpClient client, string url)
    {
        using ByteArrayContent body = new(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    url,
                    kinds = (string[])["customer", "attribution"],
                    from = "start",
                    batchMs = 0,
                    batchMax = 20,
                }
            )
        );
        body.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await client.PutAsync("v1/webhooks/all", body, Ended);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ended));
    }

    private static async Task<(long Events, long Results)> EndAsync(HttpClient client)
    {
        using JsonDocument state = JsonDocument.Parse(await client.GetStringAsync("v1/state", Ended));
        return (
            state.RootElement.GetProperty("events").GetInt64(),
            state.RootElement.GetProperty("results").GetInt64()
        );
    }

    // The log is the oracle: results in their order, verdicts left out.
    private static IReadOnlyList<string> Stored(string data)
    {
        List<string> ids = [];
        using Server.Tenants.TenantStore store = Server.Tenants.TenantStore.Open(
            StoredTenant.FolderOf(data),
            new(StoredTenant.Name),
            TimeProvider.System
        );
        store.Log.ScanResults(
            0,
            (_, bytes) =>
            {
                Core.Tenant.ResultRecord result = Core.Tenant.ResultRecord.FromTrusted(bytes);
                if (result.Kind is Core.Tenant.ResultKind.Customer or Core.Tenant.ResultKind.Conversion)
                    ids.Add(result.Id);
                return true;
            }
        );
        return ids;
    }

    private static async Task WaitAsync(Func<Task<bool>> holds)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException("what a test waits for did not come");
            await Task.Delay(Pause, TimeProvider.System, Ended);
        }
    }
}
