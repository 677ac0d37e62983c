namespace Throughline.Cli.CommandLine;

/// <summary>
/// A command cannot go on, and the user can do something about it: one clear sentence, never a stack trace.
/// </summary>
internal sealed class CommandException(ExitCode exitCode, string code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>The reason in <c>snake_case</c>, for scripts.</summary>
    public string Code { get; } = code;

    public static CommandException BadInput(string code, string message, Exception? inner = null) =>
        new(ExitCode.BadInput, code, message, inner);

    public static CommandException Store(string code, string message, Exception? inner = null) =>
        new(ExitCode.Store, code, message, inner);
}
