using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary><c>identity</c>: the commands of those who find out which identifiers are one customer's, one to a line.</summary>
internal static class IdentityCommand
{
    public static GroupCommand Create() =>
        new(
            "identity",
            "Group identifiers of files, match records, and see what becomes of them.",
            new IdentityMatchCommand(),
            new IdentityEvaluateCommand()
        );
}
