using System.Text.RegularExpressions;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Pack;

/// <summary>The pack that comes with the product is valid, and its guide says what it holds.</summary>
public sealed partial class DefaultPackTests
{
    private static GateModel Load()
    {
        GateModel? model = GateYamlLoader
            .Load(GateYamlLoader.DefaultPack)
            .Compile(version: 1, out IReadOnlyList<YamlIssue> issues);
        Assert.True(model is not null, string.Join('\n', issues));
        return model;
    }

    [Fact]
    public void Guide_DefaultPack_DescribesEachRuleInItsOrder()
    {
        string guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guide", "gate-rules.md"));

        IEnumerable<string> described = Heading().Matches(guide).Select(x => x.Groups[1].Value);

        Assert.Equal(Load().Document.Rules.Select(x => x.Id), described);
    }

    [Fact]
    public void Load_DefaultPack_EachRuleSaysWhyAndIsEnforced() =>
        Assert.All(
            Load().Document.Rules,
            rule =>
            {
                Assert.Equal(RuleMode.Enforce, rule.Mode);
                Assert.NotNull(rule.Reason);
                Assert.NotNull(rule.Tag);
            }
        );

    [Fact]
    public void Load_DefaultPack_HasNoCounterOrListThatNoRuleReads()
    {
        GateModel model = Load();
        HashSet<string> read = [.. Enumerable.Range(0, model.Document.Rules.Count).SelectMany(model.ReadsOf)];

        Assert.Empty(model.Document.Counters.Select(x => "counter." + x.Name).Except(read));
        Assert.Empty(model.Document.Lists.Select(x => "list." + x.Name).Except(read));
    }

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
