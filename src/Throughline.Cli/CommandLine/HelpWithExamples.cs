using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Throughline.Cli.CommandLine;

/// <summary>The library's help, followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int status = inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not CliCommand { Examples.Count: > 0 } command)
            return status;
        TextWriter writer = parseResult.InvocationConfiguration.Output;
        writer.WriteLine("Examples:");
        foreach (Example example in command.Examples)
        {
            writer.WriteLine($"  {example.Line}");
            writer.WriteLine($"      {example.Does}");
        }
        writer.WriteLine();
        return status;
    }
}
