using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>identity</c>: the commands of those who find out which identifiers are one customer's, one to a line.</summary>
internal static class IdentityCommand
{
    public static GroupCommand Create() =>
        new(
            "identity",
            "Group identifiers of files, and bring them into the forms that others ask for.",
            new IdentityComponentsCommand(),
            new IdentityNormaliseCommand()
        );
}
