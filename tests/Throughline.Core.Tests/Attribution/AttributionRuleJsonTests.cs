using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution;

/// <summary>Documents of rules: what is refused, where, and that what is written is read back.</summary>
public sealed class AttributionRuleJsonTests
{
    private static readonly JsonElement Schema = JsonDocument
        .Parse(File.ReadAllText(Repository.PathOf("docs/guide/attribution-rules.schema.json")))
        .RootElement;

    [Theory]
    [InlineData("""[]""", "")]
    [InlineData("""{}""", "/windows")]
    [InlineData("""{"windows": {"click": "none"}}""", "/windows")]
    [InlineData("""{"windows": {"click": "30 days"}}""", "/windows/click")]
    [InlineData("""{"windows": {"click": "1101d"}}""", "/windows/click")]
    [InlineData("""{"windows": {"click": {"within": "1d", "tiers": {"0": "1d"}}}}""", "/windows/click/tiers/0")]
    [InlineData("""{"windows": {"click": {"within": "1d", "until": "2d"}}}""", "/windows/click/until")]
    [InlineData("""{"windows": {"click": "36h"}, "calendarDays": "UTC"}""", "/windows/click")]
    [InlineData("""{"windows": {"click": "1d"}, "window": "1d"}""", "/window")]
    [InlineData("""{"windows": {"click": "1d"}, "campaign": ""}""", "/campaign")]
    [InlineData("""{"windows": {"click": "1d"}, "validFrom": "2026-02-30"}""", "/validFrom")]
    [InlineData("""{"windows": {"click": "1d"}, "validFrom": "2026-02-03", "validTo": "2026-02-03"}""", "/validTo")]
    [InlineData("""{"windows": {"click": "1d"}, "eligible": "touch.chanel == 'x'"}""", "/eligible")]
    [InlineData("""{"windows": {"click": "1d"}, "eligible": "1"}""", "/eligible")]
    [InlineData("""{"windows": {"click": "1d"}, "value": "touch.age"}""", "/value")]
    [InlineData("""{"windows": {"click": "1d"}, "priority": {"click": 1000001}}""", "/priority/click")]
    [InlineData("""{"windows": {"click": "1d"}, "caps": {"touchesPerConversion": 0}}""", "/caps/touchesPerConversion")]
    [InlineData("""{"windows": {"click": "1d"}, "caps": {"keep": "best"}}""", "/caps/keep")]
    [InlineData("""{"windows": {"click": "1d"}, "reuse": "twice"}""", "/reuse")]
    [InlineData("""{"windows": {"click": "1d"}, "dedup": {"key": "expression"}}""", "/dedup/expression")]
    [InlineData("""{"windows": {"click": "1d"}, "dedup": {"expression": "'x'"}}""", "/dedup/expression")]
    [InlineData("""{"windows": {"click": "1d"}, "currency": "EURO"}""", "/currency")]
    [InlineData("""{"windows": {"click": "1d"}, "viewSharePercent": 33.333}""", "/viewSharePercent")]
    [InlineData("""{"windows": {"click": "1d"}, "model": "lats"}""", "/model")]
    [InlineData(
        """{"windows": {"click": "1d"}, "model": {"name": "time_decay", "halfLife": "0"}}""",
        "/model/halfLife"
    )]
    [InlineData("""{"windows": {"click": "1d"}, "model": {"name": "custom", "starter": 1}}""", "/model")]
    [InlineData(
        """{"windows": {"click": "1d"}, "model": {"name": "credit_vector", "credit": [0, 0]}}""",
        "/model/credit"
    )]
    [InlineData("""{"windows": {"click": "1d"}, "model": {"name": "w_shaped", "lead": "x"}}""", "/model/opportunity")]
    [InlineData("""{"windows": {"click": "1d"}, "model": {"name": "data_driven", "table": "t"}}""", "/model/table")]
    public void Read_WhatIsNoRule_NamesThePlace(string json, string pointer)
    {
        Assert.Null(
            AttributionRuleJson.Read(JsonDocument.Parse(json).RootElement, out IReadOnlyList<GateIssue> issues)
        );
        Assert.Equal(pointer, issues[0].Path);
        Assert.NotEmpty(issues[0].Message);
    }

    [Fact]
    public void Read_WindowLongerThanTouchesAreKept_IsRefused()
    {
        JsonElement json = JsonDocument.Parse("""{"windows": {"click": "40d"}}""").RootElement;
        const long Month = 30L * 24 * 3_600_000;
        Assert.Null(AttributionRuleJson.Read(json, out IReadOnlyList<GateIssue> issues, Month));
        Assert.Equal("/windows/click", issues[0].Path);
        Assert.NotNull(AttributionRuleJson.Read(json, out _, 2 * Month));
    }

    [Fact]
    public void Write_AnyRule_IsReadBackAndFitsTheSchema()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 2_000; i++)
        {
            AttributionRule rule = new RandomRules(random, FactGenerator.Start, 500).Next("a", i + 1);
            JsonElement written = AttributionRuleText.ToElement(rule);
            AttributionRule? again = AttributionRuleJson.Read(written, out IReadOnlyList<GateIssue> issues);
            Assert.True(again is not null, $"{written}\n{string.Join('\n', issues)}");
            Assert.Equal(written.GetRawText(), AttributionRuleText.ToElement(again).GetRawText());
            Assert.Equal(new PublishedRule(rule).Digest, new PublishedRule(again).Digest);
            JsonElement document = JsonDocument.Parse($$"""{"rules": [{{written.GetRawText()}}]}""").RootElement;
            Assert.Null(SmallJsonSchema.Find(Schema, Schema, document));
        }
    }

    [Fact]
    public void Read_DocumentWithTheSameVersionTwiceOrWithoutATable_IsRefused()
    {
        const string Rule = """{"windows": {"click": "1d"}, "model": {"name": "data_driven", "table": "m@2"}}""";
        JsonElement json = JsonDocument.Parse($$"""{"rules": [{{Rule}}, {{Rule}}]}""").RootElement;
        Assert.Null(AttributionDocument.Read(json, out IReadOnlyList<GateIssue> issues));
        Assert.Equal(["/rules/0/model/table", "/rules/1", "/rules/1/model/table"], issues.Select(x => x.Path).Order());
    }
}
