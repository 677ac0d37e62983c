using System.Text.Json;
using Throughline.Core.Identity;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Identity;

public sealed class StrategyJsonTests
{
    [Fact]
    public void Read_OfWhatWasWritten_IsTheSameStrategy()
    {
        for (int seed = 0; seed < 200; seed++)
            AssertSame(new FactGenerator(seed).Strategy(), $"seed {seed}");
        AssertSame(Strategy.Default, "default");
        AssertSame(Strategy.Connected, "connected");
    }

    [Theory]
    [InlineData("""{"types":[],"others":{"class":"device","tier":1}}""", "name")]
    [InlineData("""{"name":"x","types":[],"others":{"class":"device","tier":0}}""", "/others/tier")]
    [InlineData("""{"name":"x","types":[],"others":{"class":"robot","tier":1}}""", "others.class")]
    [InlineData("""{"name":"x","order":"best","types":[],"others":{"class":"device","tier":1}}""", "/order")]
    [InlineData("""{"name":"x","sizeMax":1,"types":[],"others":{"class":"device","tier":1}}""", "/sizeMax")]
    [InlineData("""{"name":"x","types":[],"others":{"class":"device","tier":1,"max":3}}""", "/others/max")]
    [InlineData("""{"name":"x","limit":1,"types":[],"others":{"class":"device","tier":1}}""", "limit")]
    [InlineData(
        """{"name":"x","types":[{"type":"user","class":"person","tier":1,"max":128}],"others":{"class":"device","tier":1}}""",
        "/types/0/max"
    )]
    [InlineData(
        """{"name":"x","types":[{"type":"user","class":"person","tier":1,"max":2,"sameIf":{"sharing":1,"class":"contact"}}],"others":{"class":"device","tier":1}}""",
        "/types/0/sameIf"
    )]
    [InlineData(
        """{"name":"x","types":[{"type":"user","class":"person","tier":1,"max":1,"sameIf":{"sharing":0,"class":"contact"}}],"others":{"class":"device","tier":1}}""",
        "/types/0/sameIf/sharing"
    )]
    [InlineData(
        """{"name":"x","types":[{"type":"user","class":"person","tier":1},{"type":"user","class":"person","tier":1}],"others":{"class":"device","tier":1}}""",
        "/types/1/type"
    )]
    [InlineData(
        """{"name":"x","types":[{"type":"user","class":"person","tier":1,"perWindow":{"max":1,"ms":0}}],"others":{"class":"device","tier":1}}""",
        "/types/0/perWindow/ms"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"conditions":[{"name":"a","when":"event.typo == 'x'"}]}""",
        "/conditions/0/when"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"conditions":[{"name":"a","when":"event.type"}]}""",
        "/conditions/0/when"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"conditions":[{"name":"a","when":"event.address == ip('::1')"}]}""",
        "/conditions/0/when"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"conditions":[{"name":"a","types":["b","c","d"],"when":"true"}]}""",
        "/conditions/0/types"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"conditions":[{"name":"a","when":"true"},{"name":"a","when":"true"}]}""",
        "/conditions/1/name"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"matcher":[{"tier":0,"scorePpmMin":1}]}""",
        "/matcher/0/tier"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"matcher":[{"tier":1,"scorePpmMin":1},{"tier":1,"scorePpmMin":2}]}""",
        "/matcher/1/tier"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"matcher":[{"tier":1,"scorePpmMin":1000001}]}""",
        "/matcher/0/scorePpmMin"
    )]
    [InlineData(
        """{"name":"x","types":[],"others":{"class":"device","tier":1},"matcher":[{"tier":1,"scorePpmMin":1,"at":100}]}""",
        "/matcher/0/at"
    )]
    public void Read_OfWhatCannotBeUsed_NamesThePlace(string json, string place)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonException error = Assert.ThrowsAny<JsonException>(() => StrategyJson.Read(document.RootElement));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(Strategy strategy, string where)
    {
        using JsonDocument document = JsonDocument.Parse(StrategyJson.Write(strategy));
        Strategy read = StrategyJson.Read(document.RootElement);
        Assert.True(strategy.Types.SequenceEqual(read.Types), where);
        Assert.Equivalent(strategy.Matcher ?? [], read.Matcher ?? [], strict: true);
        Assert.Equivalent(strategy.Conditions ?? [], read.Conditions ?? [], strict: true);
        Assert.Equal(
            strategy with
            {
                Types = [],
                Matcher = null,
                Conditions = null,
            },
            read with
            {
                Types = [],
                Matcher = null,
                Conditions = null,
            }
        );
    }
}
