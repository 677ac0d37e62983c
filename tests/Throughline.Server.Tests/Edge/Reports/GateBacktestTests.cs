using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Reports;

/// <summary>Drafts on the decisions that a service has stored.</summary>
public sealed class GateBacktestTests
{
    private const string Draft =
        """{"rules":[{"id":"shop","when":"request.path == '/shop' && counter.hits > 2","action":"deny"}],"counters":[{"name":"hits","key":["request.ip"]}]}""";

    [Fact]
    public async Task Backtest_AgainstTheVersionInForce_CountsDifferencesLabelsAndHoneypots()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        foreach (string address in (string[])["198.51.100.1", "198.51.100.2"])
        foreach (string path in (string[])["/shop", "/secret", "/shop", "/shop"])
            await service.AskAsync(path, address);
        Answer answer = await service.PostAsync(
            "/v1/gate/backtest",
            $$"""{"rules":{{Draft}},"against":1,"labels":[{"value":"198.51.100.1","label":"bot"},{"value":"198.51.100.2","label":"human"}],"honeypots":["/secret"]}"""
        );
        JsonNode report = answer.Json;
        Assert.Equal((8, 2), ((int)report["requests"]!, (int)report["addresses"]!));
        // The third and fourth request of each address are the draft's, the second is today's.
        Assert.Equal(
            (4, 2, 6),
            ((int)report["flaggedRequests"]!, (int)report["flaggedToday"]!, (int)report["differences"]!)
        );
        JsonNode rule = report["byRule"]!["shop"]!;
        Assert.Equal((4, 2), ((int)rule["hits"]!, (int)rule["addresses"]!));
        Assert.Equal(
            """{"bots":4,"humans":4,"botsHit":2,"humansHit":2,"precision":0.5,"recall":0.5}""",
            rule["labels"]!["analyst"]!.ToJsonString()
        );
        Assert.Equal(
            (2, 2, 1.0),
            (
                (int)rule["labels"]!["honeypot"]!["bots"]!,
                (int)rule["labels"]!["honeypot"]!["botsHit"]!,
                (double)rule["labels"]!["honeypot"]!["recall"]!
            )
        );
        JsonNode sample = report["samples"]![0]!;
        Assert.Equal(
            ("deny", "allow", "no-secret"),
            ((string?)sample["today"], (string?)sample["draft"], (string?)sample["rulesToday"]![0])
        );
        Assert.StartsWith(
            "request.path (\"/secret\")",
            (string?)sample["becauseToday"]![0]!["because"],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "counter.hits (3)",
            (string?)report["samples"]![1]!["rulesDraft"]![0]!["because"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Backtest_CustomersAndWhatRecordsLack_AreNamed()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.AskAsync("/secret");
        await service.PostEventsAsync(
            TestService.Lines(
                """{"id":"c1","type":"click","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"cookie","value":"k1"}],"context":{"address":"198.51.100.7","userAgent":"curl/8"}}"""
            )
        );
        JsonNode byRule = (
            await service.PostAsync(
                "/v1/gate/backtest",
                """{"rules":{"rules":[{"id":"a","when":"ua.library"},{"id":"b","when":"request.ja4 == ''"},{"id":"c","when":"response.status == 404","phase":"response"}]}}"""
            )
        ).Json["byRule"]!;
        Assert.Equal((1, 1), ((int)byRule["a"]!["hits"]!, (int)byRule["a"]!["customers"]!));
        Assert.Equal("""{"request.ja4":1}""", byRule["b"]!["lacked"]!.ToJsonString());
        Assert.Equal("""{"response":1}""", byRule["c"]!["lacked"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{}""", 400, "/rules")]
    [InlineData("""{"rules":{"rules":[{"id":"a","when":"nonsense("}]}}""", 400, "/rules/rules/0/when")]
    [InlineData("""{"rules":7}""", 404, "version 7")]
    [InlineData("""{"rules":{},"labels":[{"value":"x","label":"cat"}]}""", 400, "/labels/0/label")]
    [InlineData(
        """{"rules":{},"labels":[{"value":"x","label":"bot"},{"value":"x","label":"human"}]}""",
        400,
        "/labels/1"
    )]
    [InlineData("""{"rules":{},"honeypots":["trap"]}""", 400, "/honeypots")]
    [InlineData("""{"rules":{},"more":1}""", 400, "/more")]
    [InlineData("""{"rules":""", 400, "JSON")]
    public async Task Backtest_BadBody_IsNamed(string body, int status, string place)
    {
        await using TestService service = await GateKit.StartAsync();
        Answer answer = await service.PostAsync("/v1/gate/backtest", body);
        Assert.Equal(status, answer.Status);
        Assert.Contains(place, answer.Text, StringComparison.Ordinal);
    }
}
