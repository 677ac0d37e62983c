using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Webhooks;

/// <summary>Webhooks over the real service: what a tenant says of them holds, over restarts, and what happens comes to its receiver.</summary>
public sealed class WebhookEndpointsTests
{
    // As long as may be: a busy machine must not make a receiver look slow, or one that is held by a test look dead.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_New_ShowsItsSecretOnce_AndKeepsIt()
    {
        await using TestService service = await StartAsync();
        await using HookReceiver receiver = new();
        Answer created = await PutAsync(service, "orders", receiver, "\"attribution\",\"alarm\"");
        Assert.True(created.Status == 200, created.Text);
        string secret = (string)created.Json["secret"]!;
        Assert.StartsWith("whsec_", secret);
        Answer changed = await PutAsync(service, "orders", receiver, "\"attribution\"", ""","batchMax":7""");
        Assert.Equal(
            (2, 7, null),
            ((int)changed.Json["version"]!, (int)changed.Json["batchMax"]!, changed.Json["secret"])
        );
        Assert.DoesNotContain("whsec_", (await service.GetAsync("/v1/webhooks")).Text, StringComparison.Ordinal);
        Assert.Equal("active", (string?)(await service.GetAsync("/v1/webhooks/orders")).Json["status"]);
        // Neither secret nor address stands in any file of the tenant in the clear.
        foreach (string file in Directory.EnumerateFiles(service.Folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith("lock", StringComparison.Ordinal))
                continue; // held
            byte[] bytes = await ReadAsync(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(receiver.Url)));
        }

        Answer tested = await service.PostAsync("/v1/webhooks/orders/test", """{"note":"hello"}""");
        Assert.Equal((true, 204), ((bool)tested.Json["delivered"]!, (int)tested.Json["status"]!));
        Assert.Contains("\"type\":\"test\"", Assert.Single(receiver.Taken).Body, StringComparison.Ordinal);
        Assert.Contains("hello", receiver.Taken[0].Body, StringComparison.Ordinal);

        string rotated = (string)(await service.PostAsync("/v1/webhooks/orders/rotate", "{}")).Json["secret"]!;
        Assert.NotEqual(secret, rotated);
        await service.PostAsync("/v1/webhooks/orders/test", "{}");
        Assert.Equal(2, receiver.Taken[1].Signature.Split(' ').Length);
        await service.PostAsync("/v1/webhooks/orders/rotate", """{"overlapHours":0}""");
        await service.PostAsync("/v1/webhooks/orders/test", "{}");
        Assert.Single(receiver.Taken[2].Signature.Split(' '));

        Assert.Equal(200, (await service.SendAsync(HttpMethod.Delete, "/v1/webhooks/orders")).Status);
        (await service.GetAsync("/v1/webhooks/orders")).AssertProblem(404, "not_found");
        (await service.SendAsync(HttpMethod.Delete, "/v1/webhooks/orders")).AssertProblem(404, "not_found");
        Answer anew = await PutAsync(service, "orders", receiver, "\"attribution\"");
        Assert.NotNull(anew.Json["secret"]);
        Assert.Equal(0, (int)anew.Json["delivered"]!);
    }

    [Theory]
    [InlineData("""{"url":"https://10.0.0.1/","kinds":["alarm"]}""", "bad_value", "/url")]
    [InlineData("""{"url":"https://user:x@example.com/","kinds":["alarm"]}""", "bad_value", "/url")]
    [InlineData("""{"url":"gopher://example.com/","kinds":["alarm"]}""", "bad_value", "/url")]
    [InlineData("""{"url":"https://example.com/","kinds":["sales"]}""", "bad_value", "/kinds")]
    [InlineData("""{"url":"https://example.com/"}""", "missing_field", "/kinds")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"filter":"data.x =="}""", "bad_value", "/filter")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"filter":"1 + 1"}""", "bad_value", "/filter")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"filter":"nothing.here"}""", "bad_value", "/filter")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"batchMax":0}""", "bad_number", "/batchMax")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"from":"then"}""", "bad_value", "/from")]
    [InlineData("""{"url":"https://example.com/","kinds":["alarm"],"secret":"mine"}""", "unknown_field", "/secret")]
    [InlineData("""{"kinds":["alarm"]}""", "missing_field", "/url")]
    public async Task Put_NotValid_SaysWhere(string body, string reason, string pointer)
    {
        await using TestService service = await StartAsync();
        Answer answer = await service.PutAsync("/v1/webhooks/orders", body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
    }

    [Fact]
    public async Task Put_IdOrNumberOutOfBounds_IsRefused()
    {
        await using TestService service = await StartAsync();
        const string Body = """{"url":"https://example.com/","kinds":["alarm"]}""";
        foreach (string id in (string[])["..%2Fx", "A", "a.b", new('a', 65)])
            (await service.PutAsync($"/v1/webhooks/{id}", Body)).AssertProblem(400, "bad_value");
        for (int i = 0; i < 20; i++)
            Assert.Equal(200, (await service.PutAsync($"/v1/webhooks/h{i}", Body)).Status);
        (await service.PutAsync("/v1/webhooks/h20", Body)).AssertProblem(400, "bad_value");
        Assert.Equal(200, (await service.PutAsync("/v1/webhooks/h7", Body)).Status);
        Assert.Empty((await service.GetAsync("/v1/webhooks", service.BetaKey)).Json["webhooks"]!.AsArray());
        (await service.SendAsync(HttpMethod.Get, "/v1/webhooks", key: "")).AssertProblem(401, "unauthorized");
    }

    /// <summary>All kinds, each checked against what the API itself says of the same thing.</summary>
    [Fact]
    public async Task Deliveries_OfAllKinds_SayWhatTheApiSays_AndGoOnAfterARestart()
    {
        await using HookReceiver receiver = new();
        TestService service = await StartAsync();
        await using (service)
        {
            await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
            await service.PublishAsync(GateKit.DenySecret);
            await PutAsync(service, "all", receiver, "\"decision\",\"customer\",\"attribution\",\"alarm\"");
            await service.PostEventsAsync(TestService.Lines(Story("a", "ada")));
            string denied = (string)
                (
                    await service.PostAsync(
                        "/v1/decisions",
                        """{"method":"GET","path":"/secret","address":"198.51.100.9","headers":[["user-agent","curl/8"]]}"""
                    )
                ).Json["id"]!;
            await service.GetAsync("/v1/state?settled=true");
            await service.GetAsync("/v1/gate/audit"); // the decision is stored
            await UntilAsync(receiver, "decision.deny", "customer.joined", "attribution.attributed");

            JsonNode decision = ItemsOf(receiver, "decision.deny").Single();
            Assert.Equal($"decision-{denied}", (string?)decision["id"]);
            Assert.Equal(
                ("deny", "no-secret", 1),
                (
                    (string?)decision["data"]!["action"],
                    (string?)decision["data"]!["rule"],
                    (int)decision["data"]!["version"]!
                )
            );
            Assert.DoesNotContain(
                "198.51.100.9",
                string.Concat(receiver.All.Select(x => x.Body)),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("ada@", string.Concat(receiver.All.Select(x => x.Body)), StringComparison.Ordinal);

            JsonNode conversion = (await service.GetAsync("/v1/conversions/c-a")).Json;
            JsonNode sent = ItemsOf(receiver, "attribution.attributed").Last()["data"]!;
            foreach (string member in (string[])["status", "kind", "time", "minor", "refunded", "currency", "revision"])
                Assert.Equal(conversion[member]!.ToJsonString(), sent[member]!.ToJsonString());
            Assert.Equal(conversion["credits"]!.ToJsonString(), sent["credits"]!.ToJsonString());
            Assert.Equal("c-a", (string?)sent["conversion"]);

            string customer = (string)conversion["customer"]!;
            JsonNode history = (await service.GetAsync($"/v1/customers/{customer}/history")).Json;
            Assert.Equal(
                history["changes"]!.AsArray().Select(change => (string?)change!["result"]),
                receiver
                    .Taken.SelectMany(x => HookDelivery.ItemsOf(x.Body))
                    .Where(x => x.GetProperty("type").GetString()!.StartsWith("customer", StringComparison.Ordinal))
                    .Select(x => x.GetProperty("id").GetString())
            );
            // The receiver has taken what the service may not have noted yet: a stop then would have it delivered again.
            await Waiting.UntilAsync(async () =>
                (int)(await service.GetAsync("/v1/webhooks/all")).Json["delivered"]! == receiver.Items.Count
            );
            await service.Server.StopAsync(Ended);

            int before = receiver.Items.Count;
            await using RunningServer again = await RestartAsync(service.Folder);
            using HttpClient client = new() { BaseAddress = again.Addresses[0] };
            client.DefaultRequestHeaders.Authorization = new("Bearer", service.AlphaKey);
            using (HttpContent lines = TestService.Lines(Story("b", "bob")))
                (await client.PostAsync("/v1/events", lines, Ended)).EnsureSuccessStatusCode();
            await Waiting.UntilAsync(() =>
                Task.FromResult(
                    ItemsOf(receiver, "attribution.attributed").Any(x => (string?)x["data"]!["conversion"] == "c-b")
                )
            );
            Assert.Equal(receiver.Items.Count, receiver.Items.Distinct().Count()); // a clean stop repeats nothing
            Assert.True(receiver.Items.Count > before);
        }
    }

    [Fact]
    public async Task Deliveries_WithFilter_AreThoseThatItTakes()
    {
        await using HookReceiver receiver = new();
        await using TestService service = await StartAsync();
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
        await PutAsync(
            service,
            "big",
            receiver,
            "\"attribution\"",
            ""","filter":"data.minor >= 500 && time > timestamp('2020-01-01T00:00:00Z')" """
        );
        foreach (int i in Enumerable.Range(0, 10))
            await service.PostEventsAsync(TestService.Lines(Story($"{i}", $"p{i}", minor: i * 100)));
        await Waiting.UntilAsync(() =>
            Task.FromResult(
                ItemsOf(receiver, "attribution.attributed").Any(x => (string?)x["data"]!["conversion"] == "c-9")
            )
        );
        Assert.Equal(
            ["c-5", "c-6", "c-7", "c-8", "c-9"],
            receiver
                .Taken.SelectMany(x => HookDelivery.ItemsOf(x.Body))
                .Select(x => x.GetProperty("data").GetProperty("conversion").GetString())
                .Distinct()
        );
    }

    /// <summary>A receiver that takes nothing for long holds up nobody: all is acknowledged while it still holds the first delivery.</summary>
    [Fact]
    public async Task Deliveries_ReceiverIsSlow_IngestGoesOnAndAllComesLater()
    {
        const int People = 400;
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HookReceiver receiver = new(async _ =>
        {
            await release.Task;
            return new HookAnswer(204);
        });
        await using TestService service = await StartAsync();
        await service.PutAsync("/v1/campaigns/summer", """{"window":"7d","restate":true}""");
        await PutAsync(service, "slow", receiver, "\"customer\",\"attribution\"", ""","batchMs":0,"batchMax":50""");
        int accepted = 0;
        for (int i = 0; i < People; i++)
            accepted += (await service.PostEventsAsync(TestService.Lines(Story($"{i}", $"p{i}"))))
                .Statuses.Split(' ')
                .Length;
        await service.GetAsync("/v1/state?settled=true");
        Assert.Equal(People * 3, accepted);
        Assert.InRange(receiver.All.Count, 0, 1); // one delivery is under way at most: the rest waits in the log
        Assert.Empty(receiver.Taken);
        release.SetResult();
        await Waiting.UntilAsync(() =>
            Task.FromResult(
                ItemsOf(receiver, "attribution.attributed")
                    .Select(x => (string?)x["data"]!["conversion"])
                    .Distinct()
                    .Count() == People
            )
        );
        Assert.Equal(receiver.Items.Count, receiver.Items.Distinct().Count());
    }

    [Fact]
    public async Task Webhook_ToTheServiceItself_AsksNoGate()
    {
        await using TestService service = await StartAsync();
        int port = service.Server.Addresses[0].Port;
        string hook = $$"""{"url":"http://127.0.0.1:{{port}}/v1/edge/ext-authz/x","kinds":["alarm"]}""";
        Answer put = await service.SendAsync(
            HttpMethod.Put,
            "/v1/webhooks/self",
            TestService.Json(hook),
            service.BetaKey
        );
        Assert.True(put.Status == 200, put.Text);
        Answer tested = await service.SendAsync(
            HttpMethod.Post,
            "/v1/webhooks/self/test",
            TestService.Json("{}"),
            service.BetaKey
        );
        Assert.Equal(
            (false, null, "the address is this service's own"),
            ((bool)tested.Json["delivered"]!, (int?)tested.Json["status"], (string?)tested.Json["error"])
        );
        JsonNode audit = (await service.GetAsync("/v1/gate/audit")).Json;
        Assert.Equal(0, (int)audit["records"]!); // of alpha, whose the edge's requests are
    }

    private static Task<TestService> StartAsync() =>
        TestService.StartAsync(
            new ServeOptions
            {
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
                Outbound = new()
                {
                    AllowHttp = true,
                    AllowedNetworks = ["127.0.0.1"],
                    Patience = Patience,
                },
            },
            clock => new TenantCellFactory(clock, NullLoggerFactory.Instance),
            isTimed: true
        );

    private static Task<RunningServer> RestartAsync(string folder) =>
        ThroughlineServer.StartAsync(
            new ServeOptions
            {
                DataFolder = folder,
                Urls = ["http://127.0.0.1:0"],
                StopsOnSignals = false,
                LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
                Outbound = new()
                {
                    AllowHttp = true,
                    AllowedNetworks = ["127.0.0.1"],
                    Patience = Patience,
                },
                Edge = new() { Tenant = "alpha", BudgetMs = 10_000 },
            },
            Ended
        );

    private static Task<Answer> PutAsync(
        TestService service,
        string id,
        HookReceiver receiver,
        string kinds,
        string more = ""
    ) => service.PutAsync($"/v1/webhooks/{id}", $$"""{"url":"{{receiver.Url}}","kinds":[{{kinds}}]{{more}}}""");

    private static string Story(string id, string person, int minor = 1_000) =>
        string.Join(
            '\n',
            $$"""{"id":"t-{{id}}","type":"click","time":"{{At(0)}}","campaign":"summer","identifiers":[{"type":"email","value":"{{person}}@example.com"}]}""",
            $$"""{"id":"i-{{id}}","type":"identify","time":"{{At(30)}}","identifiers":[{"type":"email","value":"{{person}}@example.com"},{"type":"device","value":"d-{{person}}"}]}""",
            $$"""{"id":"c-{{id}}","type":"conversion","time":"{{At(60)}}","identifiers":[{"type":"device","value":"d-{{person}}"}],"conversion":{"orderId":"o-{{id}}","value":{"minor":{{minor}},"currency":"EUR"} } }"""
        );

    private static string At(int seconds) =>
        EventTime.ToText(TimeProvider.System.GetUtcNow().AddHours(-1).AddSeconds(seconds).ToUnixTimeMilliseconds());

    private static IReadOnlyList<JsonNode> ItemsOf(HookReceiver receiver, string type) =>
        [
            .. receiver
                .Taken.SelectMany(delivery => HookDelivery.ItemsOf(delivery.Body))
                .Where(item => item.GetProperty("type").GetString() == type)
                .Select(item => JsonNode.Parse(item.GetRawText())!),
        ];

    private static Task UntilAsync(HookReceiver receiver, params string[] types) =>
        Waiting.UntilAsync(() => Task.FromResult(types.All(type => ItemsOf(receiver, type).Count > 0)));

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using FileStream open = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream all = new();
        await open.CopyToAsync(all, Ended);
        return all.ToArray();
    }
}
