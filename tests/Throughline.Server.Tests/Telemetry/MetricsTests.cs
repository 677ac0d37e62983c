using System.Globalization;
using System.Text.RegularExpressions;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Telemetry;

/// <summary>Metrics are of the process.</summary>
[Collection(nameof(Alone))]
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterRequests_CountThem()
    {
        await using TestService service = await TestService.StartAsync();
        Dictionary<string, double> before = await ScrapeAsync(service);
        string body = $"[{TestService.Click("a")},{TestService.Click("a")},{TestService.Click("b")},{{}},{{}}]";
        await service.PostEventsAsync(TestService.Json(body));
        await service.PostEventsAsync(TestService.Json("["));
        await service.SendAsync(HttpMethod.Post, "/v1/events", TestService.Json("[]"), "wrong");
        service.Alpha.QueryFailure = new InvalidOperationException();
        await service.GetAsync("/v1/why/x");
        Dictionary<string, double> after = await ScrapeAsync(service);

        double Grown(string name) => after[name] - before.GetValueOrDefault(name);
        Assert.Equal(2, Grown("throughline_ingest_events_total{status=\"accepted\"}"));
        Assert.Equal(1, Grown("throughline_ingest_events_total{status=\"duplicate\"}"));
        Assert.Equal(2, Grown("throughline_ingest_events_total{status=\"rejected\",reason=\"missing_field\"}"));
        Assert.Equal(body.Length + 1, Grown("throughline_ingest_body_bytes_total"));
        Assert.Equal(1, Grown("throughline_ingest_requests_total{result=\"ok\"}"));
        Assert.Equal(1, Grown("throughline_ingest_requests_total{result=\"truncated_body\"}"));
        Assert.Equal(2, Grown("throughline_ingest_duration_seconds_count"));
        Assert.Equal(2, Grown("throughline_ingest_duration_seconds_bucket{le=\"+Inf\"}"));
        Assert.Equal(1, Grown("throughline_api_unauthorized_total"));
        Assert.Equal(1, Grown("throughline_api_failures_total"));
        Assert.Equal(2, after["throughline_tenants_known"]);
        Assert.Equal(1, after["throughline_tenants_open"]);
        Assert.True(after["dotnet_process_memory_working_set_bytes"] > 0);
    }

    [Fact]
    public async Task Metrics_NewNames_AreCountedOnce()
    {
        const string NewNames = "throughline_tenants_new_names_total";
        await using TestService service = await TestService.StartRealAsync();
        static string Call(string id) => TestService.Click(id).Replace("click", "call", StringComparison.Ordinal);
        string body = $"[{Call("a")},{TestService.Click("b")},{Call("c")}]";
        double before = (await ScrapeAsync(service)).GetValueOrDefault(NewNames);
        Assert.Equal("accepted accepted accepted", (await service.PostEventsAsync(TestService.Json(body))).Statuses);
        Assert.Equal(1, (await ScrapeAsync(service))[NewNames] - before);
    }

    [Fact]
    public async Task Metrics_Everything_IsValidTextFormat()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json("[{}]"));
        Answer answer = await service.GetAsync("/metrics", "");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        HashSet<string> types = [];
        HashSet<string> series = [];
        string? current = null;
        foreach (string line in answer.Text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                current = words[2];
                Assert.True(types.Add(current), $"{current} twice");
                Assert.Contains(words[3], (string[])["counter", "gauge", "histogram"]);
                Assert.Equal(words[3] == "counter", current.EndsWith("_total", StringComparison.Ordinal));
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                Match match = Sample().Match(line);
                Assert.True(match.Success, line);
                Assert.StartsWith(current!, match.Groups["name"].Value);
                Assert.True(series.Add(match.Groups["series"].Value), line);
                Assert.True(Parse(match.Groups["value"].Value) is var value && !double.IsNaN(value), line);
            }
        }
        Assert.Contains("throughline_ingest_events_total", types);
        foreach (string histogram in types.Where(type => series.Contains(type + "_count")))
            Assert.Contains(
                series,
                one => one.StartsWith(histogram + "_bucket{le=\"+Inf\"}", StringComparison.Ordinal)
            );
    }

    private static async Task<Dictionary<string, double>> ScrapeAsync(TestService service)
    {
        Answer answer = await service.GetAsync("/metrics", "");
        return answer
            .Text.Split('\n')
            .Select(line => Sample().Match(line))
            .Where(match => match.Success)
            .ToDictionary(match => match.Groups["series"].Value, match => Parse(match.Groups["value"].Value));
    }

    private static double Parse(string value) =>
        value == "+Inf" ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """^(?<series>(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})?) (?<value>\S+)$""",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Sample();
}
