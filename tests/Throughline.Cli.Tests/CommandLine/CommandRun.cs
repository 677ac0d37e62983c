using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Commands;

namespace Throughline.Cli.Tests.CommandLine;

/// <summary>What one command line did, as its caller sees it.</summary>
internal sealed record CommandRun(int Exit, string Stdout, string Stderr)
{
    public static Task<CommandRun> OfAsync(
        Func<CommandContext, CancellationToken, ExitCode> work,
        params string[] args
    ) => OfAsync([new TestCommand(work)], args, TestContext.Current.CancellationToken);

    /// <summary>Runs the product's own command line.</summary>
    public static Task<CommandRun> OfAsync(params string[] args) =>
        OfAsync(CommandList.All(), args, TestContext.Current.CancellationToken);

    public static async Task<CommandRun> OfAsync(
        IEnumerable<CliCommand> commands,
        string[] args,
        CancellationToken cancellation
    )
    {
        var stdout = new StringWriter();
        var stderr = new StringWriter();
        int exit = await CommandLineApp.RunAsync(RootCommands.Create(commands), args, stdout, stderr, cancellation);
        return new(exit, stdout.ToString(), stderr.ToString());
    }

    /// <summary>The one JSON object that the contract promises as the last line of standard output.</summary>
    public JsonElement Json()
    {
        Assert.EndsWith(Environment.NewLine, Stdout, StringComparison.Ordinal);
        string last = Stdout.TrimEnd('\r', '\n').Split('\n')[^1];
        return JsonDocument.Parse(last).RootElement;
    }
}
