using System.CommandLine;
using System.CommandLine.Parsing;
using Throughline.Cli.Output;

namespace Throughline.Cli.CommandLine;

/// <summary>
/// Runs one command line from arguments to exit status. The contract that it holds for every command: with
/// <c>--json</c> the last line of standard output is one JSON object, also when the command fails; everything else is on
/// standard error; an error is one sentence; the exit status is an <see cref="ExitCode"/>.
/// </summary>
internal static class CommandLineApp
{
    public static Task<int> RunAsync(
        string[] args,
        TextWriter stdout,
        TextWriter stderr,
        CancellationToken cancellation
    ) => RunAsync(RootCommands.Create(Commands.CommandList.All()), args, stdout, stderr, cancellation);

    public static async Task<int> RunAsync(
        RootCommand root,
        string[] args,
        TextWriter stdout,
        TextWriter stderr,
        CancellationToken cancellation
    )
    {
        ParseResult parsed = root.Parse(args);
        var output = new CommandOutput(stdout, stderr, parsed.GetResult(CommonOptions.Json) is { Implicit: false });
        if (parsed.Errors.Count == 0 && parsed.CommandResult.Command is CliCommand command && parsed.Action is null)
            return (int)await RunAsync(command, new(parsed, output), cancellation);
        if (parsed.Action is not null && parsed.Action.ClearsParseErrors)
            return await parsed.InvokeAsync(new() { Output = stdout, Error = stderr }, CancellationToken.None);
        return (int)Usage(parsed, output);
    }

    private static async Task<ExitCode> RunAsync(
        CliCommand command,
        CommandContext context,
        CancellationToken cancellation
    )
    {
        ICommandOutput output = context.Output;
        try
        {
            return await command.RunAsync(context, cancellation);
        }
        catch (CommandException error)
        {
            output.Error(error.Code, error.Message, error.InnerException);
            return error.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.Error("interrupted", $"'{command.Name}' was interrupted before it was done.", null);
            return ExitCode.Interrupted;
        }
        catch (IOException error) when (OutputFile.IsDiskFull(error))
        {
            // Of a file that the user did not name: the system's own words say which.
            output.Error("disk_full", $"The disk is full: {FirstSentence(error.Message)}", error);
            return ExitCode.BadInput;
        }
        catch (Exception error)
        {
            output.Error("unexpected", $"'{command.Name}' failed unexpectedly: {FirstSentence(error.Message)}", error);
            return ExitCode.CheckFailed;
        }
    }

    private static ExitCode Usage(ParseResult parsed, CommandOutput output)
    {
        string command = $"throughline {CommandPath.Of(parsed.CommandResult)}".TrimEnd();
        string message = parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "Name a command.";
        output.Error("usage", $"{message.TrimEnd()} See '{command} --help'.", null);
        return ExitCode.Usage;
    }

    private static string FirstSentence(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }
}
