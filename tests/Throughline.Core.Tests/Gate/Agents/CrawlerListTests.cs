using Throughline.Core.Gate;
using Throughline.Core.Gate.Agents;

namespace Throughline.Core.Tests.Gate.Agents;

/// <summary>A list of crawlers in the form of the npm package takes the place of our own names.</summary>
public sealed class CrawlerListTests
{
    [Fact]
    public void Parse_List_TakesUsablePatternsAndNamesTheOthers()
    {
        CrawlerList list = CrawlerList.Parse(
            """[{"pattern": "[gG]nomebot\\/", "url": "x", "instances": ["a"]}, {"pattern": "a(?=b)"}, {"url": 1}, 7, {"pattern": ""}]"""
        );

        Assert.Equal(1, list.Count);
        Assert.Equal(
            ["/1/pattern", "/2/pattern", "/3/pattern", "/4/pattern"],
            list.Errors.Select(error => error.Place)
        );
        Assert.Contains("at 1", list.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal("gnomebot", list.NameOf("x Gnomebot/1"));
        Assert.Null(list.NameOf("x GNOMEBOT/1"));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("", "line 1")]
    [InlineData("[{\"pattern\": ", "line 1")]
    public void Parse_NoList_GivesOneError(string json, string place)
    {
        CrawlerList list = CrawlerList.Parse(json);

        Assert.Equal(0, list.Count);
        Assert.StartsWith(place, Assert.Single(list.Errors).Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gnomebot/1 (X11)", AgentClasses.Bot, "gnomebot")]
    [InlineData("Otherbot/1 (X11)", AgentClasses.Other, "")] // the list does not name it
    [InlineData("Thing/1.0", AgentClasses.Other, "")] // nor says it anything to name no device
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", AgentClasses.GoodBot, "googlebot")]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0)", AgentClasses.Browser, "")]
    [InlineData("curl/8.5.0", AgentClasses.Bot, "curl")] // libraries stay ours
    [InlineData("", AgentClasses.Missing, "")]
    public void Read_WithList_TheListDecides(string agent, AgentClasses expected, string name)
    {
        AgentTable table = new(CrawlerList.Parse("""[{"pattern": "Gnomebot"}, {"pattern": "Googlebot\\/"}]"""));

        AgentProfile profile = table.Read(agent);

        Assert.Equal((expected, name), (profile.Class, profile.Name));
    }
}
