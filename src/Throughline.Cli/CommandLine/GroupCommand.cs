namespace Throughline.Cli.CommandLine;

/// <summary>A command that only holds others, such as <c>tenant</c>; groups in it show their examples themselves.</summary>
internal sealed class GroupCommand : CliCommand
{
    public GroupCommand(string name, string description, params CliCommand[] commands)
        : base(
            name,
            description,
            [.. commands.Where(command => command is not GroupCommand).SelectMany(command => command.Examples.Take(1))]
        )
    {
        foreach (CliCommand command in commands)
            Add(command);
    }

    public override Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation) =>
        throw new CommandException(
            ExitCode.Usage,
            "usage",
            $"'{Name}' needs one of its commands: {string.Join(", ", Subcommands.Select(command => command.Name))}."
        );
}
