using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Alarms;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Server.Outbound;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Webhooks;

/// <summary>What is wrong becomes an alarm of the tenant's log: told once, over restarts too, and cleared when it is well again.</summary>
public sealed class AlarmTests
{
    [Fact]
    public async Task Alarms_GuardOfTheGraph_IsRaisedOnce_KeptOverARestart_AndCleared()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await StartAsync(clock);
        await service.PutAsync("/v1/identity/settings", Settings("""{"degreeMax":2,"sharedShareMax":null}"""));
        for (int i = 0; i < 3; i++)
            await service.PostEventsAsync(
                TestService.Json(
                    $$"""{"id":"e{{i}}","type":"identify","time":"2026-06-01T11:00:00Z","identifiers":[{"type":"email","value":"noreply@x.example"},{"type":"cookie","value":"c{{i}}"}]}"""
                )
            );
        JsonNode alarm = Assert.Single(await AlarmsAsync(service))!; // the first look is the question's own
        Assert.Equal(
            ("graph_guard", "degree", 3.0, 2.0),
            ((string?)alarm["kind"], (string?)alarm["subject"], (double)alarm["value"]!, (double)alarm["limit"]!)
        );
        Assert.Equal("2026-06-01T12:00:00.000Z", Normal((string)alarm["since"]!));
        long before = await EventsAsync(service);
        for (int i = 0; i < 5; i++)
        {
            clock.Advance(CellWatch.Interval);
            Assert.Single(await AlarmsAsync(service));
        }
        Assert.Equal(before, await EventsAsync(service)); // looked at again and again, said once

        await service.Server.StopAsync(TestContext.Current.CancellationToken);
        await using RunningServer again = await RestartAsync(service.Folder, clock);
        using HttpClient client = new() { BaseAddress = again.Addresses[0] };
        client.DefaultRequestHeaders.Authorization = new("Bearer", service.AlphaKey);
        JsonNode kept = Assert.Single((await GetAsync(client, "/v1/alarms"))["alarms"]!.AsArray())!;
        Assert.Equal(alarm.ToJsonString(), kept.ToJsonString());
        Assert.Equal(before, (long)(await GetAsync(client, "/v1/state"))["events"]!);

        using (HttpContent wide = TestService.Json(Settings("""{"sharedShareMax":null}""")))
            await client.PutAsync("/v1/identity/settings", wide, TestContext.Current.CancellationToken);
        await UntilAsync(clock, async () => (await GetAsync(client, "/v1/alarms"))["alarms"]!.AsArray().Count == 0);
        JsonNode over = Assert.Single((await GetAsync(client, "/v1/alarms"))["cleared"]!.AsArray())!;
        Assert.Equal((string?)alarm["alarm"], (string?)over["alarm"]);
        Assert.NotNull(over["until"]);
        Assert.Empty((await GetAsync(client, "/v1/alarms?cleared=0"))["cleared"]!.AsArray());
    }

    [Fact]
    public async Task Alarms_TenantGoesSilent_IsToldByTheClockAlone_AndOverWhenEventsCome()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await StartAsync(clock);
        DateTimeOffset start = TestService.Now.AddDays(-35);
        List<string> lines = [];
        for (int hour = 0; hour < 35 * 24; hour++)
        for (int i = 0; i < 2; i++)
            lines.Add(
                $$"""{"id":"h{{hour}}-{{i}}","type":"click","time":"{{EventTime.ToText(start.AddHours(hour).ToUnixTimeMilliseconds())}}","campaign":"c"}"""
            );
        foreach (string[] some in lines.Chunk(500))
            Assert.Equal(200, (await service.PostEventsAsync(TestService.Lines(string.Join('\n', some)))).Status);
        Assert.Empty(await AlarmsAsync(service));
        await service.PutAsync("/v1/alarms/settings", """{"silenceHours":12}""");
        clock.Advance(TimeSpan.FromHours(12));
        Assert.DoesNotContain(await AlarmsAsync(service), x => (string?)x!["kind"] == "volume_silent");
        await UntilAsync(
            clock,
            async () => (await AlarmsAsync(service)).Any(x => (string?)x!["kind"] == "volume_silent")
        );
        Assert.InRange((clock.GetUtcNow() - TestService.Now).TotalHours, 12, 15);

        await service.PostEventsAsync(
            TestService.Json(
                $$"""{"id":"back","type":"click","time":"{{EventTime.ToText(clock.GetUtcNow().ToUnixTimeMilliseconds())}}","campaign":"c"}"""
            )
        );
        await UntilAsync(
            clock,
            async () => (await AlarmsAsync(service)).All(x => (string?)x!["kind"] != "volume_silent")
        );
    }

    // Nobody asks and nothing is sent: the store is closed, and opened when silence begins to be missed, and not before.
    [Fact]
    public async Task Alarms_IdleTenantGoesSilent_IsToldThoughNobodyAsks()
    {
        TenantId tenant = TenantId.Parse("alpha");
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await StartAsync(clock);
        DateTimeOffset start = TestService.Now.AddDays(-35);
        IEnumerable<string> lines = Enumerable
            .Range(0, 35 * 24 * 2)
            .Select(i =>
                $$"""{"id":"h{{i}}","type":"click","time":"{{EventTime.ToText(start.AddHours(i / 2).ToUnixTimeMilliseconds())}}","campaign":"c"}"""
            );
        foreach (string[] some in lines.Chunk(500))
            Assert.Equal(200, (await service.PostEventsAsync(TestService.Lines(string.Join('\n', some)))).Status);
        await service.Server.StopAsync(TestContext.Current.CancellationToken);

        CountedCells cells = new(new TenantCellFactory(clock, NullLoggerFactory.Instance));
        await using TenantRegistry registry = new(service.Folder, cells, clock);
        List<int> opened = [];
        for (int hour = 0; hour < 48; hour++)
        {
            await registry.LookAtIdleAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, registry.OpenCells);
            opened.Add(cells.Opened);
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal([.. Enumerable.Repeat(1, 25), .. Enumerable.Repeat(2, 23)], opened); // once to know when, and then; never the empty tenant beside it
        using CellLease lease = await registry.UseAsync(tenant, TestContext.Current.CancellationToken);
        JsonNode alarms = JsonNode.Parse(await lease.Cell.Hooks.AlarmsAsync(0, TestContext.Current.CancellationToken))!;
        JsonNode alarm = Assert.Single(alarms["alarms"]!.AsArray(), x => (string?)x!["kind"] == "volume_silent")!;
        Assert.Equal(
            TestService.Now.AddHours(25).ToUnixTimeMilliseconds(),
            DateTimeOffset
                .Parse((string)alarm["since"]!, System.Globalization.CultureInfo.InvariantCulture)
                .ToUnixTimeMilliseconds()
        );
    }

    [Fact]
    public async Task Alarms_ServiceStarts_LooksAtTenantsByItself()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await StartAsync(clock);
        await service.PostEventsAsync(
            TestService.Json("""{"id":"e","type":"click","time":"2026-06-01T11:00:00Z","campaign":"c"}""")
        );
        await service.Server.StopAsync(TestContext.Current.CancellationToken);
        CountedCells cells = new(new TenantCellFactory(clock, NullLoggerFactory.Instance));
        await using RunningServer again = await ThroughlineServer.StartAsync(
            OptionsFor(service.Folder, clock),
            cells,
            TestContext.Current.CancellationToken
        );
        await UntilAsync(clock, () => Task.FromResult(cells.Opened > 0 && again.Registry.OpenCells == 0));
    }

    private sealed class CountedCells(ITenantCellFactory cells) : ITenantCellFactory
    {
        private int opened;

        public int Opened => Volatile.Read(ref opened);

        public Task<ITenantCell> OpenAsync(TenantModel tenant, string folder, CancellationToken cancellation)
        {
            Interlocked.Increment(ref opened);
            return cells.OpenAsync(tenant, folder, cancellation);
        }
    }

    [Fact]
    public async Task Alarms_WebhookIsGone_IsRaisedAndClearedWhenItIsResumed()
    {
        FakeTimeProvider clock = new(TestService.Now);
        int status = 410;
        await using HookReceiver receiver = new(_ => new HookAnswer(Volatile.Read(ref status)));
        await using TestService service = await StartAsync(clock);
        await service.PutAsync(
            "/v1/webhooks/orders",
            $$"""{"url":"{{receiver.Url}}","kinds":["customer"],"from":"start"}"""
        );
        await service.PostEventsAsync(
            TestService.Json(
                """{"id":"e","type":"identify","time":"2026-06-01T11:00:00Z","identifiers":[{"type":"user","value":"u"}]}"""
            )
        );
        await UntilAsync(clock, async () => (await AlarmsAsync(service)).Count == 1);
        JsonNode alarm = Assert.Single(await AlarmsAsync(service))!;
        Assert.Equal(("webhook_paused", "orders"), ((string?)alarm["kind"], (string?)alarm["subject"]));
        Assert.Contains("was answered 410", (string?)alarm["explanation"], StringComparison.Ordinal);
        Assert.Equal("disabled", (string?)(await service.GetAsync("/v1/webhooks/orders")).Json["status"]);

        Volatile.Write(ref status, 200);
        Assert.Equal("active", (string?)(await service.PostAsync("/v1/webhooks/orders/resume", "{}")).Json["status"]);
        await UntilAsync(clock, async () => (await AlarmsAsync(service)).Count == 0);
        Assert.Single(receiver.Items.Distinct());
    }

    [Theory]
    [InlineData("""{"silenceHours":0}""", "bad_number", "/silenceHours")]
    [InlineData("""{"silenceHours":169}""", "bad_number", "/silenceHours")]
    [InlineData("""{"hours":2}""", "unknown_field", "/hours")]
    public async Task Settings_NotValid_SayWhere(string body, string reason, string pointer)
    {
        await using TestService service = await StartAsync(new(TestService.Now));
        Answer answer = await service.PutAsync("/v1/alarms/settings", body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
    }

    [Fact]
    public void OfBotList_Age_AlarmsAtHalfOfItsValidity()
    {
        const long Now = 1_800_000_000_000;
        long half = GoodBots.ListValidMs / 2;
        Assert.Null(AlarmConditions.OfBotList("googlebot", Now - half, Now, Now));
        AlarmCondition old = AlarmConditions.OfBotList("googlebot", Now - half - 1, Now, Now)!;
        Assert.Equal((AlarmKinds.BotListOld, "googlebot", 7.0, 7.0), (old.Kind, old.Subject, old.Value, old.Limit));
        Assert.Null(AlarmConditions.OfBotList("googlebot", null, Now, Now)); // nobody could have had it yet
        Assert.NotNull(AlarmConditions.OfBotList("googlebot", null, Now - half - 1, Now));
    }

    private static string Settings(string guards) =>
        "{\"settings\":{\"guards\":" + guards[..^1] + ",\"rejectedShareMax\":null}}}";

    private static Task<TestService> StartAsync(FakeTimeProvider clock) =>
        TestService.StartAsync(
            new ServeOptions { Outbound = Outbound },
            own => new TenantCellFactory(own, NullLoggerFactory.Instance),
            clock
        );

    private static Task<RunningServer> RestartAsync(string folder, FakeTimeProvider clock) =>
        ThroughlineServer.StartAsync(OptionsFor(folder, clock), TestContext.Current.CancellationToken);

    private static ServeOptions OptionsFor(string folder, FakeTimeProvider clock) =>
        new()
        {
            DataFolder = folder,
            Urls = ["http://127.0.0.1:0"],
            StopsOnSignals = false,
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
            Clock = clock,
            Outbound = Outbound,
        };

    // The clock runs fast while a test waits: patience must not end before a receiver of this machine has answered.
    private static OutboundOptions Outbound { get; } =
        new()
        {
            AllowHttp = true,
            AllowedNetworks = ["127.0.0.1"],
            Patience = TimeSpan.FromMinutes(5),
        };

    private static async Task<JsonArray> AlarmsAsync(TestService service) =>
        (await service.GetAsync("/v1/alarms")).Json["alarms"]!.AsArray();

    private static async Task<long> EventsAsync(TestService service) =>
        (long)(await service.GetAsync("/v1/state")).Json["events"]!;

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    private static string Normal(string time) =>
        DateTimeOffset
            .Parse(time, System.Globalization.CultureInfo.InvariantCulture)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    // The watch sleeps by the clock, and works beside everything else.
    private static Task UntilAsync(FakeTimeProvider clock, Func<Task<bool>> holds) =>
        Waiting.UntilAsync(async () =>
        {
            if (await holds())
                return true;
            clock.Advance(CellWatch.Interval);
            return false;
        });
}
