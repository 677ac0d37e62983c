using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Tests.CommandLine;

/// <summary>A command whose work a test gives.</summary>
internal sealed class TestCommand(Func<CommandContext, CancellationToken, ExitCode> work)
    : CliCommand("work", "Does what a test says.", new Example("throughline work", "Works."))
{
    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation) =>
        Task.FromResult(work(context, cancellation));
}
