using System.Diagnostics;
using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>The command ./throughline: builds once, and keeps standard output for the command alone.</summary>
public sealed class WrapperTests
{
    [Fact]
    public void Throughline_ThroughALinkFromElsewhere_BuildsOnceAndQuietly()
    {
        LongTests.Require();
        using TempFolder elsewhere = new();
        File.CreateSymbolicLink(elsewhere["tl"], Repository.PathOf("throughline"));

        Run[] together = [Start(elsewhere), Start(elsewhere)];
        (int Exit, string Out, string Error)[] first = [.. together.Select(run => run.Finish())];
        (int Exit, string Out, string Error) again = Start(elsewhere).Finish();

        Assert.All(first, run => Assert.Equal((0, again.Out), (run.Exit, run.Out)));
        Assert.True(first.Count(run => run.Error.Contains("building", StringComparison.Ordinal)) <= 1);
        Assert.Equal((0, ""), (again.Exit, again.Error));
    }

    private static Run Start(TempFolder folder)
    {
        ProcessStartInfo start = new(folder["tl"], "--help")
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new(Process.Start(start)!);
    }

    private sealed class Run(Process process)
    {
        private readonly Task<string> error = process.StandardError.ReadToEndAsync();

        public (int Exit, string Out, string Error) Finish()
        {
            using (process)
            {
                string output = process.StandardOutput.ReadToEnd();
                string errors = error.GetAwaiter().GetResult();
                process.WaitForExit();
                return (process.ExitCode, output, errors);
            }
        }
    }
}
