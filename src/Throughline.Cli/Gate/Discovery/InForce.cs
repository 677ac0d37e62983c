using Throughline.Cli.CommandLine;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>The rules in force, less those that the user would have ignored.</summary>
internal static class InForce
{
    private const string All = "all";

    /// <param name="ignored">Ids with commas between; <c>all</c> for every rule.</param>
    /// <exception cref="CommandException">The rules are not valid, or there is no rule of an id.</exception>
    public static GateModel Open(string path, IReadOnlyList<string> ignored)
    {
        GateModel whole = RuleFiles.Open(path);
        string[] ids =
        [
            .. ignored.SelectMany(x =>
                x.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
        ];
        if (ids.Length == 0)
            return whole;
        foreach (string id in ids)
            if (id != All && whole.IndexOf(id) < 0)
                throw new CommandException(
                    ExitCode.Usage,
                    "rule_unknown",
                    $"--ignore {id}: {path} has no such rule; it has {string.Join(", ", whole.Document.Rules.Select(x => x.Id))}."
                );
        GateDocument rest = whole.Document with
        {
            Rules =
            [
                .. whole.Document.Rules.Select(x =>
                    ids.Contains(x.Id) || ids.Contains(All) ? x with { Mode = RuleMode.Retired } : x
                ),
            ],
        };
        return GateModel.Create(rest, whole.Version, out IReadOnlyList<GateIssue> issues)
            ?? throw new InvalidOperationException($"a part of valid rules is not valid: {issues[0].Message}");
    }

    /// <summary>The model of a set that was just written.</summary>
    public static GateModel Compile(GateYamlSet set) =>
        set.Compile(version: 0, out IReadOnlyList<YamlIssue> issues)
        ?? throw new InvalidOperationException($"proposals that are no rules: {issues[0]}");
}
