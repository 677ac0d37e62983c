using System.CommandLine;
using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate;

namespace Throughline.Cli.Commands;

/// <summary><c>gate classify-agents FILE</c>: which of many user agents are bots'.</summary>
internal sealed class GateClassifyAgentsCommand : CliCommand
{
    private readonly Argument<string> file = new("FILE")
    {
        Description = "User agents, one a line; - is standard input; gzip is unpacked.",
    };

    private readonly Option<string> crawlers = new("--crawlers")
    {
        Description =
            "Take crawlers from this list instead of the built-in ones: JSON in the form of npm crawler-user-agents.",
        HelpName = "FILE",
    };

    public GateClassifyAgentsCommand()
        : base(
            "classify-agents",
            "Tell declared bots from all others in a file of user agents.",
            new Example("./throughline gate classify-agents agents.txt", "How many are bots and how many are not."),
            new Example("./throughline gate classify-agents agents.txt --json", "bots and others, as numbers.")
        )
    {
        Add(file);
        Add(crawlers);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        AgentCount count = AgentCount.Of(
            context.Get(file)!,
            AgentCount.TableOf(context.Get(crawlers), context.Output.Note),
            cancellation
        );
        context.Output.Line(
            string.Create(CultureInfo.InvariantCulture, $"{count.Bots:N0} bots, {count.Others:N0} others")
        );
        context.Output.Result(count);
        return Task.FromResult(ExitCode.Done);
    }
}
