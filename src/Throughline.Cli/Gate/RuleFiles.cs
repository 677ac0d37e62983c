using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Gate;

/// <summary>Opens the rules that a user named.</summary>
internal static class RuleFiles
{
    /// <param name="path">A YAML file, or the name of a pack: <c>default</c>.</param>
    /// <exception cref="CommandException">The rules are not valid; the message names the places.</exception>
    public static GateModel Open(string path) =>
        GateYamlLoader.Load(path).Compile(version: 0, out IReadOnlyList<YamlIssue> issues)
        ?? throw DocumentFile.Invalid("rules", issues);
}
