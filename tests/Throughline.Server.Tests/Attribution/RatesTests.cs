using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Throughline.Core.Attribution.Rates;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Rules;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Attribution;

/// <summary>Exchange rates as files and through the API, and what they make of conversions.</summary>
public sealed partial class RatesTests
{
    private const string Address = "/v1/attribution/rates";

    [Fact]
    public void Read_TheGuidesExamples_AreTheSameRates()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/exchange-rates.md"));
        RateTable? csv = RateFile.Read(
            Csv().Match(guide).Groups[1].Value,
            "rates.csv",
            out IReadOnlyList<YamlIssue> issues
        );
        Assert.True(csv is not null, string.Join('\n', issues));
        RateTable? yaml = RateFile.Read(Yaml().Match(guide).Groups[1].Value, "rates.yaml", out issues);
        Assert.True(yaml is not null, string.Join('\n', issues));
        Assert.Equal(csv.Rows, yaml.Rows);
        Assert.Equal((3, (int?)3), (csv.Rows.Count, yaml.FallbackDays));
    }

    [Theory]
    [InlineData("day,from,to,rate\n2026-05-01,USD,EUR,0,9\n", "r:2:1: 5 cells; the header has 4")]
    [InlineData("rate;day;to;from\n\n0.9;2026-05-01;EUR;USD\n1;2026-13-01;EUR;USD\n", "r:4:1: a day such as")]
    [InlineData("day,from,to,rate\n2026-05-01,USD,EUR,1e3\n", "r:2:1: a decimal above 0")]
    [InlineData("day,from,to,rate\n2026-05-01,USD,XAU,1\n", "r:2:1: 'XAU' is no ISO 4217 currency")]
    [InlineData("day,from,to,rate\n2026-05-01,USD,USD,1\n", "r:2:1: two currencies are expected")]
    [InlineData("day,from,to,rate\n2026-05-01,USD,EUR,1\n2026-05-01,USD,EUR,2\n", "r:3:1: a second rate of this day")]
    [InlineData("day,from,to,rate,more\n2026-05-01,USD,EUR,1,x\n", "r:1:1: there is no column 'more'")]
    [InlineData("rates:\n  - {day: 2026-05-01, from: USD, to: EUR}\n", "r:2:5: a decimal above 0")]
    [InlineData("rates:\n  - {day: 2026-05-01, from: USD, to: EUR, rate: 1, rte: 2}\n", "r:2:57: unknown member 'rte'")]
    [InlineData("fallbackDays: 32\n", "r:1:15: 32 is not from 0 to 31")]
    [InlineData("note: nothing\n", "r:1:1: rates are missing")]
    public void Read_ABadRow_IsNamedWithItsLine(string text, string expected)
    {
        Assert.Null(RateFile.Read(text, "r", out IReadOnlyList<YamlIssue> issues));
        Assert.StartsWith(expected, issues[0].ToString());
    }

    [Fact]
    public async Task Publish_Rates_ConvertByTheDayOfTheConversionAndExplainThemselves()
    {
        await using TestService service = await TestService.StartRealAsync();
        await SendAsync(
            service,
            "/v1/attribution/rules",
            "application/yaml",
            "windows: {click: 30d}\ncurrency: EUR\nrestate: true\n"
        );
        Answer first = await SendAsync(
            service,
            Address,
            RateEndpoints.Csv,
            "day,from,to,rate\n2026-05-29,USD,EUR,0.9\n"
        );
        Assert.Equal((1, 1), ((int)first.Json["version"]!, (int)first.Json["rates"]!));
        Answer sent = await service.PostAsync(
            "/v1/events",
            """
            [
              {"id": "t", "type": "click", "time": "2026-05-29T11:00:00Z", "campaign": "a", "identifiers": [{"type": "user", "value": "ada"}]},
              {"id": "friday", "type": "conversion", "time": "2026-05-29T12:00:00Z", "identifiers": [{"type": "user", "value": "ada"}],
               "conversion": {"value": {"minor": 1001, "currency": "USD"}}},
              {"id": "sunday", "type": "conversion", "time": "2026-05-31T12:00:00Z", "identifiers": [{"type": "user", "value": "ada"}],
               "conversion": {"value": {"minor": 1000, "currency": "USD"}}},
              {"id": "back", "type": "refund", "time": "2026-06-01T12:00:00Z", "refund": {"conversion": "friday", "value": {"minor": 1000, "currency": "USD"}}}
            ]
            """
        );
        Assert.True(sent.Status == 200 && (int)sent.Json["accepted"]! == 4, sent.Text);
        await service.GetAsync("/v1/state?settled=true");
        Answer friday = await service.GetAsync("/v1/conversions/friday");
        JsonNode share = friday.Json["shares"]![0]!;
        Assert.Equal((901, "EUR"), ((int)share["value"]!, (string?)share["currency"])); // 900.9
        Assert.Equal(
            ("0.9", "2026-05-29", 1, false),
            (
                (string?)share["rate"]!["rate"],
                (string?)share["rate"]!["day"],
                (int)share["rate"]!["table"]!,
                (bool)share["rate"]!["inverse"]!
            )
        );
        Assert.Equal((901, 1), ((int)friday.Json["credits"]![0]!["minor"]!, (int)friday.Json["credits"]![0]!["net"]!));
        Assert.Equal(
            "2026-05-29",
            (string?)(await service.GetAsync("/v1/conversions/sunday")).Json["shares"]![0]!["rate"]!["day"]
        );

        // Friday keeps its rate; Sunday has one of its own now, and says that this table is why.
        Answer second = await SendAsync(
            service,
            Address,
            "application/json",
            """{"rates": [{"day": "2026-05-31", "from": "EUR", "to": "USD", "rate": "1.25"}, {"day": "2026-05-29", "from": "USD", "to": "EUR", "rate": "0.90"}]}"""
        );
        Assert.Equal(2, (int)second.Json["version"]!);
        await service.GetAsync("/v1/state?settled=true");
        Answer sunday = await service.GetAsync("/v1/conversions/sunday");
        Assert.Equal((800, 2), ((int)sunday.Json["shares"]![0]!["value"]!, (int)sunday.Json["revision"]!));
        Assert.Equal(
            (int)friday.Json["revision"]!,
            (int)(await service.GetAsync("/v1/conversions/friday")).Json["revision"]!
        );
        Answer why = await service.GetAsync("/v1/why/sunday");
        Assert.Contains("1 EUR = 1.25 USD", why.Text, StringComparison.Ordinal);
        Assert.Contains("(8.00 EUR)", why.Text, StringComparison.Ordinal);
        Assert.Equal(("identical", "identical"), ((string?)why.Json["record"], (string?)why.Json["events"]));
        Assert.Equal((long)second.Json["position"]!, (long)why.Json["cause"]!);

        Answer all = await service.GetAsync(Address + "?since=2026-05-30");
        Assert.Equal([1, 2], all.Json["tables"]!.AsArray().Select(x => (int)x!["version"]!));
        JsonNode rate = Assert.Single(all.Json["rates"]!.AsArray())!;
        Assert.Equal(("2026-05-31", "1.25", 2), ((string?)rate["day"], (string?)rate["rate"], (int)rate["table"]!));
    }

    [Fact]
    public async Task Publish_WhatIsWrong_IsRefusedWithItsLine()
    {
        await using TestService service = await TestService.StartRealAsync();
        Answer answer = await service.SendAsync(
            HttpMethod.Put,
            Address,
            TestService.Content(
                "day,from,to,rate\n2026-05-29,USD,EUR,0.9\n2026-05-30,USD,EUR,x\n"u8.ToArray(),
                RateEndpoints.Csv
            )
        );
        Assert.Equal((400, "invalid_rules"), (answer.Status, (string?)answer.Json["reason"]));
        Assert.Equal(3, (int)answer.Json["issues"]![0]!["line"]!);
        Assert.Empty((await service.GetAsync(Address)).Json["tables"]!.AsArray());
        Assert.Equal(400, (await service.GetAsync(Address + "?since=yesterday")).Status);
        answer = await service.SendAsync(HttpMethod.Put, Address, TestService.Content("x"u8.ToArray(), "text/plain"));
        Assert.Equal(415, answer.Status);
    }

    private static async Task<Answer> SendAsync(TestService service, string address, string type, string body)
    {
        Answer answer = await service.SendAsync(
            HttpMethod.Put,
            address,
            TestService.Content(Encoding.UTF8.GetBytes(body), type)
        );
        Assert.True(answer.Status == 200, answer.Text);
        return answer;
    }

    [GeneratedRegex("^```csv\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Csv();

    [GeneratedRegex("^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Yaml();
}
