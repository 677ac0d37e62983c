using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Gate;

/// <summary>Reads a rule file for commands that need a valid one: each mistake is named with file, line and column.</summary>
internal static class RuleText
{
    /// <exception cref="CommandException">It is not valid; the mistakes are on standard error.</exception>
    public static GateDocument Load(string path, ICommandOutput output)
    {
        GateYamlSet set = GateYamlLoader.Load(path);
        if (set.Compile(version: 0, out IReadOnlyList<YamlIssue> issues) is not null)
            return set.Document;
        foreach (YamlIssue issue in issues)
            output.Note(issue.ToString());
        throw CommandException.BadInput("rules_invalid", $"{path} has {issues.Count} mistakes; the first: {issues[0]}");
    }
}
