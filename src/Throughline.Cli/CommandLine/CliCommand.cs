using System.CommandLine;

namespace Throughline.Cli.CommandLine;

/// <summary>A line that a user can type, and what it does.</summary>
internal readonly record struct Example(string Line, string Does);

/// <summary>
/// One command: its options as fields, its work in <see cref="RunAsync"/>. A command that only groups others overrides nothing.
/// </summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, params Example[] examples)
        : base(name, description)
    {
        Examples = examples;
    }

    /// <summary>Shown at the end of the command's help; a test asks every command for at least one that parses.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Does the work; with <c>--json</c> it must have called <see cref="Output.ICommandOutput.Result"/> once.</summary>
    public abstract Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation);
}
