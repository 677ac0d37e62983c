using System.CommandLine;
using System.CommandLine.Help;

namespace Throughline.Cli.CommandLine;

/// <summary>The whole command line: every command is listed here, in the order that help shows.</summary>
internal static class RootCommands
{
    public static RootCommand Create(params IEnumerable<CliCommand> commands)
    {
        var root = new RootCommand(
            "Throughline: is it human, who is it, and what caused it? Start with 'throughline demo'."
        )
        {
            CommonOptions.Json,
            CommonOptions.Data,
            CommonOptions.Tenant,
        };
        root.HelpName = "throughline";
        foreach (CliCommand command in commands)
            root.Add(command);
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }
}
