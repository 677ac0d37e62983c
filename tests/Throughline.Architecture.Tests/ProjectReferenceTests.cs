using System.Xml.Linq;
using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>The dependency rule, as the project files state it.</summary>
public sealed class ProjectReferenceTests
{
    [Fact]
    public void Src_EveryProject_IsNamedByTheRule()
    {
        IEnumerable<string> projects = Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Equal(DependencyRule.Allowed.Keys.Order(), projects.Order());
    }

    [Theory]
    [MemberData(nameof(DependencyRule.Projects), MemberType = typeof(DependencyRule))]
    public void ProjectReferences_OfEveryProject_KeepTheRule(string project)
    {
        string path = Repository.PathOf($"src/{project}/{project}.csproj");

        Assert.Empty(DependencyRule.Violations(project, ReferencesOf(XDocument.Load(path))));
    }

    [Fact]
    public void ProjectReferences_OfCoreSeeingStorage_AreAViolation()
    {
        XDocument bad = XDocument.Parse(
            """<Project><ItemGroup><ProjectReference Include="..\Throughline.Storage\Throughline.Storage.csproj" /></ItemGroup></Project>"""
        );

        Assert.Equal(
            ["Throughline.Core -> Throughline.Storage"],
            DependencyRule.Violations("Throughline.Core", ReferencesOf(bad))
        );
    }

    private static IEnumerable<string> ReferencesOf(XDocument project) =>
        project
            .Descendants("ProjectReference")
            .Select(reference => (string)reference.Attribute("Include")!)
            .Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')));
}
