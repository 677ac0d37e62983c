using System.Text.Json;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Tests.CommandLine;

public sealed class CommandLineAppTests
{
    [Fact]
    public async Task Run_WithJson_PrintsOneObjectLastAndTheRestOnStandardError()
    {
        CommandRun run = await CommandRun.OfAsync(
            (context, _) =>
            {
                context.Output.Line("for people");
                context.Output.Note("meanwhile");
                context.Output.Result(new { Gate = new { Precision = 0.5, Note = (string?)null } });
                return ExitCode.Done;
            },
            "work",
            "--json"
        );

        Assert.Equal(0, run.Exit);
        Assert.Equal("""{"gate":{"precision":0.5}}""" + Environment.NewLine, run.Stdout);
        Assert.Equal($"for people{Environment.NewLine}meanwhile{Environment.NewLine}", run.Stderr);
    }

    [Fact]
    public async Task Run_WithoutJson_PrintsForPeople()
    {
        CommandRun run = await CommandRun.OfAsync(
            (context, _) =>
            {
                context.Output.Line("for people");
                context.Output.Result(new { Hidden = 1 });
                return ExitCode.CheckFailed;
            },
            "work"
        );

        Assert.Equal(1, run.Exit);
        Assert.Equal("for people" + Environment.NewLine, run.Stdout);
        Assert.Empty(run.Stderr);
    }

    [Theory]
    [InlineData(ExitCode.BadInput, 3)]
    [InlineData(ExitCode.Store, 4)]
    [InlineData(ExitCode.Usage, 2)]
    internal async Task Run_CommandException_IsOneSentenceAndItsExitCode(ExitCode code, int exit)
    {
        CommandRun run = await CommandRun.OfAsync(
            (_, _) => throw new CommandException(code, "some_reason", "It cannot be."),
            "work",
            "--json"
        );

        Assert.Equal(exit, run.Exit);
        Assert.Equal("throughline: It cannot be." + Environment.NewLine, run.Stderr);
        JsonElement error = run.Json().GetProperty("error");
        Assert.Equal("some_reason", error.GetProperty("code").GetString());
        Assert.Equal("It cannot be.", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Run_UnexpectedException_HidesTheStack()
    {
        CommandRun run = await CommandRun.OfAsync(
            (_, _) => throw new InvalidOperationException("first\nsecond"),
            "work"
        );

        Assert.Equal(1, run.Exit);
        Assert.Equal("throughline: 'work' failed unexpectedly: first" + Environment.NewLine, run.Stderr);
        Assert.Empty(run.Stdout);
    }

    [Fact]
    public async Task Run_Interrupted_SaysSo()
    {
        using var interrupt = new CancellationTokenSource();
        var command = new TestCommand(
            (_, cancellation) =>
            {
                interrupt.Cancel();
                cancellation.ThrowIfCancellationRequested();
                return ExitCode.Done;
            }
        );

        CommandRun run = await CommandRun.OfAsync([command], ["work", "--json"], interrupt.Token);

        Assert.Equal(130, run.Exit);
        Assert.Equal("interrupted", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("work --no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("work --data")]
    [InlineData("work extra")]
    [InlineData("")]
    public async Task Run_WrongLine_IsUsageAndNamesTheHelp(string line)
    {
        string[] args = ["--json", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        CommandRun run = await CommandRun.OfAsync((_, _) => ExitCode.Done, args);

        Assert.Equal(2, run.Exit);
        Assert.Equal("usage", run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.Matches(@"^throughline: .+ See 'throughline[a-z ]* --help'\.\r?\n$", run.Stderr);
    }

    [Fact]
    public async Task Run_CommonOptions_HaveDefaultsAndMayStandAnywhere()
    {
        List<(string Data, string Tenant)> seen = [];
        ExitCode Work(CommandContext context, CancellationToken cancellation)
        {
            seen.Add((context.DataFolder, context.Tenant));
            return ExitCode.Done;
        }

        await CommandRun.OfAsync(Work, "work");
        await CommandRun.OfAsync(Work, "--data", "/x/y", "work", "--tenant", "acme");

        Assert.Equal([(Path.GetFullPath("data"), "demo"), ("/x/y", "acme")], seen);
    }

    [Fact]
    public async Task Help_ShowsTheExamplesOfTheCommand()
    {
        CommandRun run = await CommandRun.OfAsync((_, _) => ExitCode.Done, "work", "--help");

        Assert.Equal(0, run.Exit);
        Assert.Contains("Does what a test says.", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            "throughline work",
            run.Stdout[run.Stdout.IndexOf("Examples:", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
    }
}
