using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Reports;

/// <summary>Reports over the product's own stores.</summary>
public sealed class GateReportTests
{
    private const string Rules = """
        rules:
          - {id: no-secret, when: request.path == '/secret', action: deny}
          - {id: watch, when: request.path.startsWith('/s'), action: deny, mode: shadow}
        """;

    [Fact]
    public async Task Report_DecisionsOfTwoVersions_AddUpUnderTheRulesNames()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        for (int i = 0; i < 10; i++)
            await service.AskAsync(i % 5 == 0 ? "/secret" : "/shop", $"198.51.100.{i}");
        await service.PublishAsync(
            "rules:\n  - {id: watch, when: request.path == '/shop', action: deny}",
            "&confirm=true"
        );
        await service.AskAsync("/shop", "198.51.100.20");
        JsonNode report = (await service.GetAsync("/v1/gate/report?step=1h")).Json;
        Assert.Equal((11, 0), ((int)report["total"]!["requests"]!, (int)report["total"]!["bypassed"]!));
        Assert.Equal(
            (3, 8),
            (
                (int)report["total"]!["decisions"]!["deny"]!["rule"]!,
                (int)report["total"]!["decisions"]!["allow"]!["no_match"]!
            )
        );
        Assert.Equal(11, report["buckets"]!.AsArray().Sum(x => (int)x!["traffic"]!["requests"]!));
        JsonNode watch = report["rules"]![0]!;
        Assert.Equal(
            ("watch", "enforce", 11, 11),
            ((string?)watch["rule"], (string?)watch["mode"], (int)watch["hits"]!, (int)watch["addresses"]!)
        );
        Assert.Equal(
            (10, 8, 2),
            ((int)watch["shadow"]!["hits"]!, (int)watch["shadow"]!["allowed"]!, (int)watch["shadow"]!["denied"]!)
        );
        Assert.Equal("198.51.100.0/24", (string?)report["groups"]!["networks"]!["values"]![0]!["value"]);
        Assert.Equal("/shop", (string?)report["groups"]!["paths"]!["values"]![0]!["value"]);
        Assert.Equal("curl/8", (string?)report["groups"]!["userAgents"]!["values"]![0]!["value"]);
        Assert.Equal((11, 0), ((int)report["groups"]!["hosts"]!["unknown"]!, (int)report["lost"]!["decisions"]!));
        Assert.Equal(
            (8, 3),
            ((int)report["total"]!["verdicts"]!["bot"]! - 3, (int)report["falsePositives"]!["refusedRequests"]!)
        );
    }

    [Fact]
    public async Task Report_OtherTime_LeavesOutWhatIsNotOfIt()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        await service.AskAsync("/secret");
        JsonNode before = (
            await service.GetAsync("/v1/gate/report?from=2026-05-01T00:00:00Z&to=2026-06-01T12:00:00Z&step=1d")
        ).Json;
        Assert.Equal((0, 32), ((int)before["total"]!["requests"]!, before["buckets"]!.AsArray().Count));
        JsonNode of = (
            await service.GetAsync("/v1/gate/report?from=2026-06-01T12:00:00Z&to=2026-06-01T12:00:01Z&step=1s")
        ).Json;
        Assert.Equal((1, 1), ((int)of["total"]!["requests"]!, of["buckets"]!.AsArray().Count));
        JsonNode day = (await service.GetAsync("/v1/gate/report?from=2026-06-01&to=2026-06-02&step=1h")).Json;
        Assert.Equal((1, 24), ((int)day["total"]!["requests"]!, day["buckets"]!.AsArray().Count));
    }

    [Fact]
    public async Task Report_ConversionOfADeniedClient_IsAFalsePositivesSign()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        await service.AskAsync("/secret");
        Answer sent = await service.PostEventsAsync(
            TestService.Lines(
                """{"id":"c1","type":"conversion","time":"2026-06-01T12:00:01Z","identifiers":[{"type":"cookie","value":"k1"}],"context":{"address":"198.51.100.7","userAgent":"curl/8"},"conversion":{"kind":"sale","value":{"minor":1,"currency":"EUR"}}}"""
            )
        );
        Assert.Equal(200, sent.Status);
        JsonNode figures = (await service.GetAsync("/v1/gate/report?to=2026-06-01T13:00:00Z")).Json["falsePositives"]!;
        Assert.Equal(
            (1, 1, 1),
            (
                (int)figures["refused"]!["clients"]!,
                (int)figures["refused"]!["convertedLater"]!,
                (int)figures["refused"]!["customersConverted"]!
            )
        );
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z", "from")]
    [InlineData("to=2026-06-31", "to")]
    [InlineData("to=2026-06-01T00:00:00", "to")]
    [InlineData("from=2026-06-02&to=2026-06-01", "from")]
    [InlineData("step=1x", "step")]
    [InlineData("step=0s", "step")]
    [InlineData("step=1s", "step")]
    [InlineData("top=0", "top")]
    [InlineData("top=many", "top")]
    [InlineData("since=2026-06-01T00:00:00Z", "since")]
    public async Task Report_BadParameter_NamesIt(string parameters, string name)
    {
        await using TestService service = await GateKit.StartAsync();
        Answer answer = await service.GetAsync("/v1/gate/report?" + parameters);
        answer.AssertProblem(400, "bad_value");
        Assert.Contains($"parameter {name} ", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AsLines_EndsWithTheReport()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        await service.AskAsync("/secret");
        Answer answer = await service.SendAsync(
            HttpMethod.Get,
            "/v1/gate/report",
            headers: ("Accept", "application/x-ndjson")
        );
        Assert.Equal("application/x-ndjson", answer.ContentHeaders.ContentType?.MediaType);
        JsonNode last = JsonNode.Parse(answer.Text.TrimEnd('\n').Split('\n')[^1])!;
        Assert.Equal(1, (int)last["total"]!["requests"]!);
    }
}
