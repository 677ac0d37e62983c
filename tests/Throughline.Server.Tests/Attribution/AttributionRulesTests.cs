using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Attribution;
using Throughline.Server.Edge.Rules;
using Throughline.Server.Tenants;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Attribution;

/// <summary>The document of the guide, as a file, through the API, and what it makes of touches.</summary>
public sealed partial class AttributionRulesTests
{
    private const string Address = "/v1/attribution/rules";
    private const long Hour = 3_600_000;

    private static string Example() =>
        Yaml().Match(File.ReadAllText(Repository.PathOf("docs/guide/attribution-rules.md"))).Groups[1].Value;

    [Fact]
    public void Read_TheGuidesExample_RunsInTheKernel()
    {
        AttributionDocument? document = AttributionRuleFile.Read(
            Example(),
            "rules.yaml",
            out IReadOnlyList<YamlIssue> issues
        );
        Assert.True(document is not null, string.Join('\n', issues));
        RuleNames names = new(["summer", "newsletter"], ["click", "view"], ["purchase"], ["", "search"]);
        Core.Attribution.Timeline.CompiledRules rules = new(
            document.Rules.Select(rule => new PublishedRule(rule)),
            document.Tables,
            names
        );
        TimelineKernel kernel = new(rules);
        long june = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        TimelineTouch[] touches =
        [
            new() { Time = june - (40 * Hour), Kind = 1 },
            new() { Time = june - (30 * Hour), Flags = TouchFlags.Click },
            new()
            {
                Time = june - Hour,
                Campaign = 1,
                Kind = 1,
                Channel = 1,
            },
        ];
        TimelineConversion sale = new()
        {
            Time = june,
            Minor = 1_000,
            Currency = 'E' | 'U' << 8 | 'R' << 16,
        };

        kernel.Evaluate(new(touches, [sale]), new Facts());

        Assert.Equal(
            [TouchReason.OutsideWindow, TouchReason.Credited, TouchReason.LostExclusivity],
            kernel.Candidates.ToArray().Select(x => x.Reason)
        );
        Assert.Equal((800, 800), (kernel.Candidates[1].Minor, kernel.Groups[^1].Value)); // 80 % of the value
    }

    [Fact]
    public void Read_WhatIsWrong_IsNamedWithLineAndColumn()
    {
        const string Text = "rules:\n  - campaign: a\n    windows: {click: 30d}\n    model: lsat\n";
        Assert.Null(AttributionRuleFile.Read(Text, "r.yaml", out IReadOnlyList<YamlIssue> issues));
        Assert.StartsWith("r.yaml:4:12: 'lsat' is not one of", issues[0].ToString());
        Assert.EndsWith("did you mean 'last'?", issues[0].ToString());
    }

    [Fact]
    public void Read_Publications_AreForFilesOfTheBatchAlone()
    {
        const string Text = """
            rules:
              - windows: { click: 1d }
            publications:
              - published: 2026-03-01T00:00:00Z
                rules:
                  - { campaign: a, windows: { click: 2d } }
                  - { windows: { click: 2d } }
            """;
        Assert.Null(AttributionRuleFile.Read(Text, "r.yaml", out IReadOnlyList<YamlIssue> issues));
        Assert.Contains("unknown member 'publications'", issues[0].ToString(), StringComparison.Ordinal);
        Assert.Null(AttributionRuleFile.Read(Text, "r.yaml", out issues, isDated: true)); // the last has the version of the first
        Assert.StartsWith("r.yaml:7:", issues[0].ToString());
        AttributionDocument? document = AttributionRuleFile.Read(
            Text.Replace("{ windows: {", "{ version: 2, windows: {", StringComparison.Ordinal),
            "r.yaml",
            out issues,
            isDated: true
        );
        Assert.Equal([long.MinValue, 1_772_323_200_000, 1_772_323_200_000], document!.Published);
    }

    [Fact]
    public async Task Publish_TheGuidesExample_IsInForceAndExplainsItself()
    {
        await using TestService service = await TestService.StartRealAsync();
        HttpContent content = TestService.Content(Encoding.UTF8.GetBytes(Example()), "application/yaml");
        Answer draft = await service.SendAsync(HttpMethod.Put, Address + "?check=true", content);
        Assert.Equal((200, true), (draft.Status, (bool)draft.Json["check"]!));
        Assert.Empty((await service.GetAsync(Address)).Json["rules"]!.AsArray());

        content = TestService.Content(Encoding.UTF8.GetBytes(Example()), "application/yaml");
        Answer published = await service.SendAsync(HttpMethod.Put, Address + "?author=ada&note=first", content);
        Assert.Equal([1, 1, 1], published.Json["rules"]!.AsArray().Select(x => (int)x!["version"]!));
        Answer list = await service.GetAsync(Address);
        JsonNode own = list.Json["rules"]!.AsArray().Single(x => (string?)x!["campaign"] == "summer")!;
        Assert.Equal(("ada", "first"), ((string?)own["rule"]!["author"], (string?)own["rule"]!["note"]));
        Assert.Equal("markov", (string?)list.Json["weightTables"]![0]!["name"]);

        Answer sent = await service.PostAsync(
            "/v1/events",
            """
            [
              {"id": "t-1", "type": "view", "time": "2026-06-01T12:00:00Z", "campaign": "other", "identifiers": [{"type": "user", "value": "ada"}]},
              {"id": "t-2", "type": "click", "time": "2026-06-01T12:00:01Z", "campaign": "other", "identifiers": [{"type": "user", "value": "ada"}]},
              {"id": "c-1", "type": "conversion", "time": "2026-06-01T12:00:02Z", "identifiers": [{"type": "user", "value": "ada"}],
               "conversion": {"orderId": "o", "value": {"minor": 1999, "currency": "EUR"}}}
            ]
            """
        );
        Assert.Equal(200, sent.Status);
        await service.GetAsync("/v1/state?settled=true");
        Answer why = await service.GetAsync("/v1/why/c-1");
        string text = why.Text;
        Assert.Contains("*@1", text, StringComparison.Ordinal);
        Assert.Contains("not_last", text, StringComparison.Ordinal);
        Assert.Contains("rank", text, StringComparison.Ordinal);
        Assert.Contains("weight", text, StringComparison.Ordinal);
        Assert.DoesNotContain("no rule", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ATableAlone_CanBeNamedByLaterRulesAndIsNeverChanged()
    {
        const string Table =
            "weightTables:\n  - name: \"m\"\n    version: 1\n    channels:\n      \"a\": 3\n    others: 1\n";
        const string Rule = "rules:\n  - windows: {click: 30d}\n    model: {name: data_driven, table: m@1}\n";
        await using TestService service = await TestService.StartRealAsync();
        Answer early = await PutAsync(service, Rule);
        Assert.Equal((400, "/rules/0/model/table"), (early.Status, (string?)early.Json["issues"]![0]!["pointer"]));
        Assert.Equal(200, (await PutAsync(service, Table)).Status);
        Assert.Equal(200, (await PutAsync(service, Rule)).Status);
        Assert.Equal(200, (await PutAsync(service, Table)).Status); // the same again
        Answer other = await PutAsync(service, Table.Replace("3", "4", StringComparison.Ordinal));
        Assert.Equal((400, "/weightTables/0/version"), (other.Status, (string?)other.Json["issues"]![0]!["pointer"]));
        Assert.Single((await service.GetAsync(Address)).Json["weightTables"]!.AsArray());

        static Task<Answer> PutAsync(TestService service, string text) =>
            service.SendAsync(
                HttpMethod.Put,
                Address,
                TestService.Content(Encoding.UTF8.GetBytes(text), "application/yaml")
            );
    }

    [Fact]
    public async Task Publish_ForATenantWithABound_LeavesWhatIsFinalAsItWas()
    {
        await using TestService service = await TestService.StartRealAsync();
        TenantChoices choices = new()
        {
            HorizonDays = 1,
            RestateDays = 10,
            RetentionDays = 60,
        };
        string key = service.Server.Registry.Create(TenantId.Parse("gamma"), choices).ApiKey;
        Task<Answer> SendAsync(HttpMethod method, string path, string body, string type) =>
            service.SendAsync(method, path, TestService.Content(Encoding.UTF8.GetBytes(body), type), key);
        Answer sent = await SendAsync(
            HttpMethod.Post,
            "/v1/events",
            """
            [
              {"id": "t", "type": "click", "time": "2026-05-20T11:00:00Z", "campaign": "a", "identifiers": [{"type": "user", "value": "ada"}]},
              {"id": "old", "type": "conversion", "time": "2026-05-20T12:00:00Z", "identifiers": [{"type": "user", "value": "ada"}], "conversion": {"value": {"minor": 100, "currency": "EUR"}}},
              {"id": "young", "type": "conversion", "time": "2026-05-25T12:00:00Z", "identifiers": [{"type": "user", "value": "ada"}], "conversion": {"value": {"minor": 100, "currency": "EUR"}}},
              {"id": "last", "type": "conversion", "time": "2026-06-01T11:00:00Z", "identifiers": [{"type": "user", "value": "ada"}], "conversion": {"value": {"minor": 100, "currency": "EUR"}}}
            ]
            """,
            "application/json"
        );
        Assert.True((int)sent.Json["accepted"]! == 4, sent.Text);
        Answer tooFar = await SendAsync(
            HttpMethod.Put,
            Address,
            "windows: {click: 30d}\nrestate: true\nrestateFor: 11d\n",
            "application/yaml"
        );
        Assert.Equal((400, "/rules/0/restateFor"), (tooFar.Status, (string?)tooFar.Json["issues"]![0]!["pointer"]));
        Answer tooLong = await SendAsync(HttpMethod.Put, Address, "windows: {click: 50d}\n", "application/yaml");
        Assert.Contains("50d is longer than 49d, for which touches are kept", tooLong.Text, StringComparison.Ordinal);
        Answer campaign = await SendAsync(
            HttpMethod.Put,
            "/v1/campaigns/a",
            """{"window": "50d"}""",
            "application/json"
        );
        Assert.Contains("longer than 49d", campaign.Text, StringComparison.Ordinal);
        Answer published = await SendAsync(
            HttpMethod.Put,
            Address,
            "windows: {click: 49d}\nrestate: true\n",
            "application/yaml"
        );
        Assert.True(published.Status == 200, published.Text);
        await service.GetAsync("/v1/state?settled=true", key);
        foreach (
            (string id, string status, string finality) in new[]
            {
                ("old", "unattributed", "final"),
                ("young", "attributed", "open"),
            }
        )
        {
            Answer answer = await service.GetAsync($"/v1/conversions/{id}", key);
            Assert.Equal((status, finality), ((string?)answer.Json["status"], (string?)answer.Json["finality"]));
        }
        Answer why = await service.GetAsync("/v1/why/old", key);
        Assert.Equal(("identical", "identical"), ((string?)why.Json["record"], (string?)why.Json["events"]));
    }

    [Fact]
    public void LongestWindow_OfATenantWithRetention_LeavesRoomForHorizonAndRestatement()
    {
        TenantChoices choices = new() { RestateDays = 90, RetentionDays = 500 };
        Assert.Equal(375L * 24 * Hour, choices.LongestWindowMs);
        Assert.Null(TenantFile.Fault(choices));
        Assert.StartsWith("retentionDays must be more", TenantFile.Fault(choices with { RetentionDays = 125 }));
        Assert.StartsWith("restateDays must be", TenantFile.Fault(choices with { RestateDays = 0 }));
        Assert.Equal(AttributionRule.MaxWindowMs, new TenantChoices().LongestWindowMs);
        AttributionDocument? document = AttributionRuleFile.Read(
            "rules:\n  - windows: {click: 376d}\n",
            out IReadOnlyList<GateIssue> issues,
            choices.LongestWindowMs
        );
        Assert.Null(document);
        Assert.Equal("376d is longer than 375d, for which touches are kept", issues[0].Message);
    }

    [Theory]
    [InlineData("application/json", """{"rules": [{"windows": {"click": "1x"}}]}""", "/rules/0/windows/click", 1)]
    [InlineData("application/yaml", "rules:\n  - windows: {click: 1d}\n    priority: high\n", "/rules/0/priority", 3)]
    public async Task Publish_WhatIsWrong_IsRefusedWithItsPlace(string type, string body, string pointer, int line)
    {
        await using TestService service = await TestService.StartRealAsync();
        HttpContent content = TestService.Content(Encoding.UTF8.GetBytes(body), type);
        Answer answer = await service.SendAsync(HttpMethod.Put, Address, content);
        Assert.Equal((400, "invalid_rules"), (answer.Status, (string?)answer.Json["reason"]));
        Assert.Equal(pointer, (string?)answer.Json["issues"]![0]!["pointer"]);
        Assert.Equal(line, (int)answer.Json["issues"]![0]!["line"]!);
        Assert.Empty((await service.GetAsync(Address)).Json["rules"]!.AsArray());
    }

    [GeneratedRegex("^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Yaml();

    private sealed class Facts : IRuleFacts
    {
        public void ReadConversion(int conversion, RuleFacts facts) => facts.ConversionKind = "purchase";

        public void ReadTouch(int touch, RuleFacts facts) => facts.Channel = "search";
    }
}
