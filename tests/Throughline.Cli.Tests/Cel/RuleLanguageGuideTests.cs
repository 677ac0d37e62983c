using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Cel;

/// <summary>The command lines of docs/guide/rule-language.md print what the page says.</summary>
public sealed partial class RuleLanguageGuideTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/rule-language.md"));

    public static TheoryData<string, string> Commands =>
        [
            .. Command()
                .Matches(Assert.Single(Blocks("console")))
                .Select(x => (x.Groups["command"].Value, x.Groups["output"].Value)),
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Guide_EveryCommandLine_PrintsWhatThePageSays(string command, string output)
    {
        using TempFolder folder = new();
        string vars = Path.Combine(folder.Path, "visit.json");
        string types = Path.Combine(folder.Path, "types.json");
        await File.WriteAllTextAsync(vars, Assert.Single(Blocks("json vars")));
        await File.WriteAllTextAsync(types, Assert.Single(Blocks("json types.json")));

        CommandRun run = await CommandRun.OfAsync([
            .. CommandLineParser
                .SplitCommandLine(command)
                .Select(x =>
                    x == "visit.json" ? vars
                    : x == "types.json" ? types
                    : x
                ),
        ]);

        // Of an explanation, the page shows the first line.
        Assert.NotEmpty(output);
        Assert.StartsWith(output, run.Stdout.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Guide_Commands_AreAllThree() =>
        Assert.All(
            ["cel check", "cel eval", "cel explain"],
            x => Assert.Contains(Commands, y => y.Data.Item1.StartsWith(x, StringComparison.Ordinal))
        );

    private static IEnumerable<string> Blocks(string info) =>
        Fence().Matches(Guide).Where(x => x.Groups["info"].Value == info).Select(x => x.Groups["content"].Value);

    [GeneratedRegex(@"^```(?<info>[^\n]+)\n(?<content>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\$ \./throughline (?<command>[^\n]+)\n(?<output>([^$\n][^\n]*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
