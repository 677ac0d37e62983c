using System.Text.RegularExpressions;
using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>What keeps the tree readable, and free of the machine that it was written on.</summary>
public sealed partial class TidinessTests
{
    private const int MaxLines = 500;

    // Folders of tests that mirror no folder of src: whole runs, and what tests compare with.
    private static readonly string[] OwnFolders = ["EndToEnd", "Kit", "Faults", "Golden", "RealData"];

    [Fact]
    public void SourceFiles_AreReadInOneSitting()
    {
        IEnumerable<string> tooLong = SourceFile
            .All("src", "*.cs")
            .Concat(SourceFile.All("tests", "*.cs"))
            .Select(path => (Path: path, Lines: File.ReadLines(Repository.PathOf(path)).Count()))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.Path}: {file.Lines} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void TestFolders_MirrorTheirProjects()
    {
        IEnumerable<string> strays = SourceFile
            .All("tests", "*.cs")
            .Select(path => Path.GetDirectoryName(path)!.Replace('\\', '/'))
            .Distinct()
            .Where(folder => ProjectFolder().Match(folder) is { Success: true } match && IsStray(match));

        Assert.Empty(strays);
    }

    [Fact]
    public void TextFiles_NameNoMachinePathAndNoRegistry()
    {
        string[] hits =
        [
            .. SourceFile
                .All()
                .SelectMany(path =>
                    File.ReadLines(Repository.PathOf(path))
                        .Select((line, index) => (line, where: $"{path}:{index + 1}"))
                        .Where(x => OfThisMachine().IsMatch(x.line))
                        .Select(x => x.where)
                ),
        ];

        Assert.Empty(hits);
    }

    [Theory]
    [InlineData("/wor" + "k/main/src", true)]
    [InlineData("see https://api.nuget" + ".org/v3/index.json", true)]
    [InlineData("the network/host part", false)]
    public void OfThisMachine_OnSamples_TellsPathsAndHosts(string line, bool expected) =>
        Assert.Equal(expected, OfThisMachine().IsMatch(line));

    private static bool IsStray(Match folder) =>
        !OwnFolders.Contains(folder.Groups["inner"].Value.Split('/')[0])
        && !Directory.Exists(Repository.PathOf($"src/{folder.Groups["project"].Value}/{folder.Groups["inner"].Value}"));

    [GeneratedRegex("^tests/(?<project>Throughline[.](?!Architecture)[A-Za-z]+)[.]Tests/(?<inner>.+)$")]
    private static partial Regex ProjectFolder();

    [GeneratedRegex("(^|[^A-Za-z0-9._-])/(wor[k]|root|home/[a-z]+)/|nuget[.]org|npmjs[.]org|deb[.]debian|pypi[.]org")]
    private static partial Regex OfThisMachine();
}
