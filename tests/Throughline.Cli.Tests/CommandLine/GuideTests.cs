using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Throughline.Cli.Bench;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Commands;
using Throughline.Cli.Input;
using Throughline.Testing;

namespace Throughline.Cli.Tests.CommandLine;

/// <summary>Holds docs/guide/command-line.md to the product.</summary>
public sealed class GuideTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/command-line.md"));

    [Fact]
    public void Guide_EveryCommandLine_Parses()
    {
        RootCommand root = RootCommands.Create(CommandList.All());
        string[] lines =
        [
            .. Guide.Split('\n').Where(line => line.StartsWith("./throughline ", StringComparison.Ordinal)),
        ];

        Assert.True(lines.Length > 10);
        Assert.All(
            lines,
            line =>
            {
                string[] args =
                [
                    .. CommandLineParser.SplitCommandLine(line["./throughline ".Length..].Replace('\'', '"')),
                ];
                ParseResult parsed = root.Parse(args);
                Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join("; ", parsed.Errors)}");
            }
        );
    }

    [Fact]
    public void Guide_EveryCommandReasonAndExitStatus_IsNamed()
    {
        foreach (Command command in RootCommands.Create(CommandList.All()).Subcommands)
            Assert.Contains(
                $"## {command.Name}",
                Guide.Replace("## tenant, campaign", "## tenant ## campaign", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
        foreach (InputReason reason in Enum.GetValues<InputReason>().Where(reason => reason != InputReason.None))
            Assert.Contains($"`{reason.Code()}`", Guide, StringComparison.Ordinal);
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
            Assert.Contains($"| {(int)code} |", Guide, StringComparison.Ordinal);
    }

    [Fact]
    public void Guide_BenchFields_ExistInTheReport()
    {
        string[] fields =
        [
            .. typeof(BenchReport).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)),
        ];
        string section = Guide[Guide.IndexOf("## bench ingest", StringComparison.Ordinal)..];
        string[] named =
        [
            .. section
                .Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => line.Split('|')[1].Split(','))
                .Select(field => field.Trim(' ', '`').Split('.')[0]),
        ];

        Assert.True(named.Length >= 10);
        Assert.All(named, field => Assert.Contains(field, fields));
    }
}
