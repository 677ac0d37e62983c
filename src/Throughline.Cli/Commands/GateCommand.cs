using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>gate</c>: the commands of those who write and try the rules of bot detection, one to a line.</summary>
internal static class GateCommand
{
    public static GroupCommand Create() =>
        new(
            "gate",
            "Steer the gate, and try user agents, rules and logs against it.",
            GateRulesCommand.Create(),
            GateListsCommand.Create(),
            new GateBotsCommand(),
            new GateClassifyAgentsCommand(),
            new GateReplayCommand(),
            new GateBacktestCommand(),
            new GateDiscoverCommand(),
            new GateReportCommand(),
            new GateImpactCommand(),
            new GateImportCommand(),
            new GateTestCommand()
        );
}
