using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>The guards of the identity graph: asked for, and watched while events come in. Metrics are of the process.</summary>
[Collection(nameof(Alone))]
public sealed class CellWatchTests
{
    [Fact]
    public async Task Watch_ValueAboveItsThreshold_IsToldByHealthAndMetrics_AndNoLongerOnceTheThresholdRises()
    {
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await TestService.StartAsync(
            new(),
            own => new TenantCellFactory(own, NullLoggerFactory.Instance),
            clock
        );
        Answer defaults = await service.GetAsync("/v1/identity/settings");
        Assert.Equal(5_000, (int)defaults.Json["guards"]!["degreeMax"]!);
        Answer set = await service.PutAsync(
            "/v1/identity/settings",
            """{"settings":{"guards":{"degreeMax":2,"sharedShareMax":null,"rejectedShareMax":null}},"author":"ann"}"""
        );
        Assert.True(set.Status == 200, set.Text);
        for (int i = 0; i < 3; i++)
            await SeeAsync(service, $"e{i}", ("email", "noreply@x.example"), ("cookie", $"c{i}"));

        JsonNode health = (await service.GetAsync("/v1/identity/health")).Json;
        JsonNode alarm = Assert.Single(health["alarms"]!.AsArray())!;
        Assert.Equal(("degree", 3.0, 2.0), ((string?)alarm["guard"], (double)alarm["value"]!, (double)alarm["max"]!));
        Assert.Equal(3, (int)health["valueDegree"]!["max"]!);

        const string Alarming = "throughline_identity_alarms{guard=\"degree\"}";
        await WaitAsync(clock, async () => await MetricAsync(service, Alarming) == 1);
        Assert.True(await MetricAsync(service, "throughline_identity_alarms_raised_total{guard=\"degree\"}") >= 1);
        Assert.Equal(3, await MetricAsync(service, "throughline_identity_value_degree{quantile=\"max\"}"));
        await service.PutAsync(
            "/v1/identity/settings",
            """{"settings":{"guards":{"sharedShareMax":null,"rejectedShareMax":null}}}"""
        );
        await WaitAsync(clock, async () => await MetricAsync(service, Alarming) == 0);
        Assert.Empty((await service.GetAsync("/v1/identity/health")).Json["alarms"]!.AsArray());
    }

    [Fact]
    public async Task Watch_GuardThatAlarmsForLong_IsToldInTheLogOnce_AndAgainWhenItIsOver()
    {
        using TempFolder folder = new();
        FakeTimeProvider clock = new(TestService.Now);
        LogRecorder log = new();
        await using TenantCell cell = TenantCell.Open(folder.Path, new("demo"), clock, log);
        await SayAsync(cell, """{"guards":{"degreeMax":0,"rejectedShareMax":null,"sharedShareMax":null}}""");
        await SeeAsync(cell, "e1", clock);
        await WaitAsync(clock, () => Task.FromResult(Lines(log, "alarms at").Count == 1));
        await SeeAsync(cell, "e2", clock);
        for (int i = 0; i < 5; i++)
            clock.Advance(CellWatch.Interval);
        Assert.Contains("the guard Degree alarms at 1, above 0", Assert.Single(Lines(log, "alarms at")));
        await SayAsync(cell, """{"guards":{"rejectedShareMax":null,"sharedShareMax":null}}""");
        await WaitAsync(clock, () => Task.FromResult(Lines(log, "alarms no longer").Count == 1));
        Assert.Single(Lines(log, "alarms at"));
    }

    [Theory]
    [InlineData("""{"settings":{"guards":{"degreeMax":-3}}}""", "bad_value", "/settings/guards/degreeMax")]
    [InlineData("""{"settings":{"guards":{"more":1}}}""", "bad_value", "/settings")]
    [InlineData("""{"author":"ann"}""", "missing_field", "/settings")]
    public async Task Settings_NotValid_SayWhere(string body, string reason, string pointer)
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = await service.PutAsync("/v1/identity/settings", body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
    }

    private static List<string> Lines(LogRecorder log, string words) =>
        [.. log.Lines.Where(line => line.Contains(words, StringComparison.Ordinal))];

    private static async Task SayAsync(TenantCell cell, string settings)
    {
        using JsonDocument read = JsonDocument.Parse(settings);
        using JsonDocument document = JsonDocument.Parse(
            ControlDocument.IdentitySettings(IdentitySettings.Read(read.RootElement))
        );
        await cell.PublishControlAsync(
            ControlDocument.IdentitySettingsKind,
            document.RootElement,
            TestContext.Current.CancellationToken
        );
    }

    private static async Task SeeAsync(TenantCell cell, string id, FakeTimeProvider clock)
    {
        RecordBuffer records = new();
        records.Append(
            new Fact(id, EventType.Identify, clock.GetUtcNow().ToUnixTimeMilliseconds())
            {
                Identifiers = [("user", id), ("device", id)],
            }.Encode()
        );
        await cell.SubmitAsync(records, TestContext.Current.CancellationToken);
    }

    // The watch sleeps by the clock, and works beside everything else.
    private static Task WaitAsync(FakeTimeProvider clock, Func<Task<bool>> holds) =>
        Waiting.UntilAsync(async () =>
        {
            if (await holds())
                return true;
            clock.Advance(CellWatch.Interval);
            return false;
        });

    [Fact]
    public async Task Door_BlockedValues_AreCountedByType()
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer types = await service.PutAsync(
            "/v1/identity/types",
            """
            {"types":{"version":1,"types":[{"type":"user","blocked":{"values":["guest"]}},{"type":"loyalty","blocked":{"values":["0000"]}}]}}
            """
        );
        Assert.True(types.Status == 200, types.Text);
        const string Users = "throughline_identity_values_blocked_total{type=\"user\"}";
        const string Others = "throughline_identity_values_blocked_total{type=\"other\"}";
        await SendAsync(0); // a counter is told once it counts
        double? users = await MetricAsync(service, Users);
        double? others = await MetricAsync(service, Others);
        await SendAsync(1);
        Assert.True(await MetricAsync(service, Users) >= users + 2);
        Assert.True(await MetricAsync(service, Others) >= others + 1);

        async Task SendAsync(int i)
        {
            Answer answer = await service.PostAsync(
                "/v1/events",
                $$"""
                [{"id":"a{{i}}","type":"identify","time":"2026-06-01T10:00:00Z","identifiers":[{"type":"user","value":"guest"},{"type":"device","value":"d"}]},
                 {"id":"b{{i}}","type":"identify","time":"2026-06-01T10:00:00Z","identifiers":[{"type":"user","value":"guest"},{"type":"loyalty","value":"0000"}]}]
                """
            );
            Assert.Equal(2, (int)answer.Json["accepted"]!);
        }
    }

    private static async Task<double?> MetricAsync(TestService service, string name)
    {
        string text = (await service.GetAsync("/metrics", "")).Text;
        string? line = text.Split('\n').FirstOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        return line is null
            ? null
            : double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task SeeAsync(TestService service, string id, params (string Type, string Value)[] identifiers)
    {
        JsonObject seen = new()
        {
            ["id"] = id,
            ["type"] = "identify",
            ["time"] = "2026-06-01T11:00:00Z",
            ["identifiers"] = new JsonArray([
                .. identifiers.Select(x => new JsonObject { ["type"] = x.Type, ["value"] = x.Value }),
            ]),
        };
        Answer answer = await service.PostAsync("/v1/events", seen.ToJsonString());
        Assert.True(answer.Status == 200, answer.Text);
    }
}
