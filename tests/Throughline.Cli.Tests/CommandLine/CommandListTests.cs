using System.CommandLine;
using System.CommandLine.Parsing;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Commands;

namespace Throughline.Cli.Tests.CommandLine;

public sealed class CommandListTests
{
    private static IEnumerable<CliCommand> Walk(IEnumerable<Command> commands) =>
        commands.OfType<CliCommand>().SelectMany(command => Walk(command.Subcommands).Prepend(command));

    [Fact]
    public void All_EveryCommand_HasAnExampleThatParses()
    {
        RootCommand root = RootCommands.Create(CommandList.All());
        foreach (CliCommand command in Walk(root.Subcommands))
        {
            Assert.NotEmpty(command.Examples);
            foreach (Example example in command.Examples)
            {
                Assert.StartsWith("./throughline ", example.Line, StringComparison.Ordinal);
                string[] args = [.. CommandLineParser.SplitCommandLine(example.Line["./throughline ".Length..])];
                ParseResult parsed = root.Parse(args);
                Assert.True(parsed.Errors.Count == 0, $"{example.Line}: {string.Join("; ", parsed.Errors)}");
                Assert.True(
                    parsed.CommandResult.Command == command
                        || command.Subcommands.Contains(parsed.CommandResult.Command),
                    $"{example.Line} is no example of {command.Name}"
                );
            }
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public void All_EveryOptionOfANumber_RefusesWhatIsNone(string text)
    {
        RootCommand root = RootCommands.Create(CommandList.All());
        Type[] numbers = [typeof(int), typeof(int?), typeof(long), typeof(long?)];
        int seen = 0;
        foreach (CliCommand command in Walk(root.Subcommands))
        foreach (Option option in command.Options.Where(option => numbers.Contains(option.ValueType)))
        {
            // No validator may throw. Which of a line's faults is told first is the parser's choice.
            Assert.NotEmpty(root.Parse([.. PathOf(command), option.Name, text]).Errors);
            seen++;
        }
        Assert.True(seen > 20, $"{seen} options");
    }

    private static IEnumerable<string> PathOf(Command command) =>
        command.Parents.OfType<CliCommand>().SelectMany(PathOf).Append(command.Name);

    [Fact]
    public void All_EveryOptionAndArgument_IsDescribed()
    {
        foreach (CliCommand command in Walk(CommandList.All()))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(
                command.Options,
                option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name)
            );
            Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), a.Name));
        }
    }
}
