namespace Throughline.Architecture.Tests;

/// <summary>The dependency rule and the ban of effects, as the compiled assemblies keep them.</summary>
public sealed class AssemblyReferenceTests
{
    private static readonly BannedList ForWorld = BannedList.Of("BannedSymbols.txt");
    private static readonly BannedList ForCore = BannedList.Of("BannedSymbols.txt", "BannedSymbols.Core.txt");

    [Theory]
    [MemberData(nameof(DependencyRule.Projects), MemberType = typeof(DependencyRule))]
    public void Assembly_OfEveryProject_KeepsTheDependencyRule(string project)
    {
        IEnumerable<string> ours = AssemblyReferences
            .Of(project)
            .Assemblies.Where(name => name.StartsWith("Throughline.", StringComparison.Ordinal));

        Assert.Empty(DependencyRule.Violations(project, ours));
    }

    [Fact]
    public void Core_SeesTheFrameworkAndTheRuleLanguageAlone()
    {
        Assert.All(
            AssemblyReferences.Of("Throughline.Core").Assemblies.Except(["Throughline.Cel"]),
            name => Assert.StartsWith("System.", name, StringComparison.Ordinal)
        );
        Assert.All(
            AssemblyReferences.Of("Throughline.Cel").Assemblies,
            name => Assert.StartsWith("System.", name, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Core_HasNoTimeChanceOrEffects() => Assert.Empty(ForCore.In(AssemblyReferences.Of("Throughline.Core")));

    [Fact]
    public void World_HasNoTimeOrChance() => Assert.Empty(ForWorld.In(AssemblyReferences.Of("Throughline.World")));

    [Fact]
    public void Scan_OfKnownBadCode_FindsAllOfIt()
    {
        string[] found = [.. ForCore.In(AssemblyReferences.Of("Throughline.Architecture.Tests"))];

        Assert.All(KnownBad.Found, symbol => Assert.Contains(symbol, found));
        Assert.All(KnownBad.NotFound, symbol => Assert.DoesNotContain(symbol, found));
    }
}
