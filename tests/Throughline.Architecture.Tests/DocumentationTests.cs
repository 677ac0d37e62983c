using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>The documentation says what is there.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Core_EveryPublicType_SaysWhatItIs()
    {
        Assembly core = typeof(EventRecord).Assembly;
        HashSet<string> documented =
        [
            .. XDocument
                .Load(Path.ChangeExtension(core.Location, ".xml"))
                .Descendants("member")
                .Where(member => !string.IsNullOrWhiteSpace(member.Value))
                .Select(member => (string)member.Attribute("name")!),
        ];

        IEnumerable<string> silent = core.GetExportedTypes()
            .Select(type => "T:" + type.FullName!.Replace('+', '.'))
            .Where(name => !documented.Contains(name));

        Assert.Empty(silent);
    }

    [Fact]
    public void Documents_LinkToFilesThatExist()
    {
        IEnumerable<string> broken =
            from document in SourceFile.All(pattern: "*.md")
            let folder = Path.GetDirectoryName(Repository.PathOf(document))!
            from Match link in Link().Matches(File.ReadAllText(Repository.PathOf(document)))
            let target = link.Groups[1].Value
            where !target.Contains(':', StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target))
            select $"{document} -> {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Readme_NamesOnlyCommandsAndOptionsThatExist()
    {
        string[][] lines =
        [
            .. Invocation()
                .Matches(File.ReadAllText(Repository.PathOf("README.md")))
                .Select(match => match.Value.Split(' ')[1..]),
        ];
        Assert.NotEmpty(lines);

        foreach (string[] words in lines)
        {
            string[] command = [.. words.TakeWhile(word => CommandWord().IsMatch(word)).Take(2)];
            string help = HelpOf(command);
            IEnumerable<string> options = words.Where(word => word.StartsWith("--", StringComparison.Ordinal));

            Assert.Contains(string.Join(' ', command.Prepend("throughline").Take(2)), help, StringComparison.Ordinal);
            Assert.All(command.Concat(options), word => Assert.Contains(word, help, StringComparison.Ordinal));
        }
    }

    // Runs the command line that lies beside the tests. An unknown command gets the help of what is above it.
    private static string HelpOf(string[] command)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (
            string argument in (string[])
                ["exec", Path.Combine(AppContext.BaseDirectory, "throughline.dll"), .. command, "--help"]
        )
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\./throughline( [^\s`|#&]+)+")]
    private static partial Regex Invocation();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex CommandWord();
}
