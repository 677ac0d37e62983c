using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Commands;

/// <summary>Every command of the product, in the order that help shows.</summary>
internal static class CommandList
{
    public static IEnumerable<CliCommand> All() => [];
}
