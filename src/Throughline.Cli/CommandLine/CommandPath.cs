using System.CommandLine;
using System.CommandLine.Parsing;

namespace Throughline.Cli.CommandLine;

/// <summary>What was typed to name a command.</summary>
internal static class CommandPath
{
    /// <summary>The command's name with those of its groups; empty for the program itself.</summary>
    public static string Of(CommandResult result)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = result; at is CommandResult { Command: not RootCommand } command; at = at.Parent)
            names.Push(command.Command.Name);
        return string.Join(' ', names);
    }
}
