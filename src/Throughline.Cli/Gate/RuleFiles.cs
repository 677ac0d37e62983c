using Throughline.Cli.CommandLine;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Gate;

/// <summary>Opens the rules that a user named.</summary>
internal static class RuleFiles
{
    private const int IssuesShown = 20;

    /// <param name="path">A YAML file, or the name of a pack: <c>default</c>.</param>
    /// <exception cref="CommandException">The rules are not valid; the message names the places.</exception>
    public static GateModel Open(string path) =>
        GateYamlLoader.Load(path).Compile(version: 0, out IReadOnlyList<YamlIssue> issues)
        ?? throw CommandException.BadInput(
            "rules_invalid",
            "The rules are not valid:\n" + string.Join('\n', issues.Take(IssuesShown).Select(x => "  " + x))
        );
}
