using Throughline.Core.Identity.Matching;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Matching;

public sealed class MatchStrategyJsonTests
{
    [Fact]
    public void Default_IsValid_AndTheGuideNamesAllOfIt()
    {
        string guide = File.ReadAllText(Repository.PathOf("docs/guide/identity-matching.md"));

        Assert.Equal(("default", 2), (MatchStrategyJson.Default.Name, MatchStrategyJson.Default.Version));
        Assert.Equal(MatchStrategyJson.Default.Tiers[^1].Bits, MatchStrategyJson.Default.Threshold);
        foreach (string field in MatchFields.All)
            Assert.Contains($"`{field}`", guide, StringComparison.Ordinal);
        foreach (string part in Core.Identity.Matching.Block.BlockParts.All)
            Assert.Contains($"`{part}`", guide, StringComparison.Ordinal);
        foreach (string comparison in Core.Identity.Matching.Compare.Comparisons.Names)
            Assert.Contains($"`{comparison}`", guide, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreFine() =>
        MatchStrategyJson.Read("// mine\n" + MatchStrategyJson.DefaultText().TrimEnd().TrimEnd('}') + ", }");

    [Theory]
    [InlineData("\"given\": {", "\"givn\": {", "givn")]
    [InlineData("\"nickname\":", "\"nickame\":", "nickame")]
    [InlineData("\"nickname\": {", "\"exact\": {", "exact")]
    [InlineData("\"levels\": [\"exact\"]", "\"levels\": [\"precise\"]", "precise")]
    [InlineData("\"m\": 0.62", "\"m\": 0", "above 0 and below 1")]
    [InlineData("\"m\": 0.62", "\"m\": \"often\"", "line ")]
    [InlineData("\"email.local\"", "\"email.domain\"", "email.domain")]
    [InlineData("\"passes\": [", "\"passes\": [], \"left\": [", "left")]
    [InlineData("\"max\": 100", "\"max\": 1", "blocking.max")]
    [InlineData("\"iterations\": ", "\"iterations\": -", "estimation.iterations")]
    [InlineData("\"bits\": 10", "\"bits\": 30", "tiers[1].bits")]
    [InlineData("\"name\": \"default\",", "", "name")]
    public void Read_Wrong_SaysWhereAndWhat(string there, string instead, string named)
    {
        string text = MatchStrategyJson.DefaultText();
        if (there == "\"m\": 0.62")
            there = text[text.IndexOf("\"m\": 0.", StringComparison.Ordinal)..][..9];
        Assert.Contains(there, text, StringComparison.Ordinal);
        int at = text.IndexOf(there, StringComparison.Ordinal);

        FormatException error = Assert.Throws<FormatException>(() =>
            MatchStrategyJson.Read(text[..at] + instead + text[(at + there.Length)..])
        );

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
