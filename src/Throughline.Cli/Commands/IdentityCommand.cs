using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>identity</c>: the commands of those who find out which identifiers are one customer's, one to a line.</summary>
internal static class IdentityCommand
{
    public static GroupCommand Create() =>
        new(
            "identity",
            "Say which identifiers are one customer's, and find out why they are.",
            IdentityStrategyCommand.Create(),
            IdentityTypesCommand.Create(),
            IdentityFreezeCommand.Freeze(),
            IdentityFreezeCommand.Unfreeze(),
            IdentityPairCommand.Link(),
            IdentityPairCommand.Separate(),
            new IdentityEraseCommand(),
            new IdentityWhyCommand(),
            new IdentityHistoryCommand(),
            new IdentityAsOfCommand(),
            new IdentityHealthCommand(),
            new IdentitySettingsCommand(),
            new IdentityComponentsCommand(),
            new IdentityMatchCommand(),
            new IdentityEvaluateCommand(),
            new IdentityNormaliseCommand()
        );
}
