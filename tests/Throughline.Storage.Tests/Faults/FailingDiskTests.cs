using System.Diagnostics;
using System.Globalization;
using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Storage.Tests.Faults;

/// <summary>
/// Every file operation of a run of 200 events meets a fault once, in a process of its own (tests/Throughline.FaultHost,
/// which checks the promises): nothing acknowledged is lost, no batch is torn, and the cell opens again or says why not.
/// </summary>
public sealed class FailingDiskTests
{
    [Theory]
    [InlineData(FaultMode.Fail, FaultFs.InputOutputError, false)]
    [InlineData(FaultMode.Fail, FaultFs.InputOutputError, true)]
    [InlineData(FaultMode.Fail, FaultFs.NoSpace, false)]
    [InlineData(FaultMode.Fail, FaultFs.NoSpace, true)]
    [InlineData(FaultMode.Freeze, 0, false)]
    [InlineData(FaultMode.LosePower, 0, false)]
    public void Run_NthOperationMeetsAFault_NothingAcknowledgedIsLost(FaultMode mode, int error, bool forGood)
    {
        int seed = Seeds.Next();
        ProcessStartInfo start = FaultHost(["cases", $"{mode}", Text(error), forGood ? "1" : "0", Text(seed), Stride]);
        FaultFs.Preload(start);
        using Process host = Process.Start(start)!;
        string output = host.StandardOutput.ReadToEnd();
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
    }

    [Fact]
    public void Load_KilledAtRandomMoments_HoldsWhatWasAcknowledged()
    {
        using TempFolder folder = new();
        int seed = Seeds.Next();
        Random random = new(seed);
        HashSet<string> nonces = [];
        int acknowledged = 0;
        for (int round = 0; round < LongTests.Rounds(8, 50); round++)
        {
            using Process host = Process.Start(FaultHost(["load", folder.Path, Text(seed)]))!;
            string[] opened = host.StandardOutput.ReadLine()?.Split(' ') ?? [];
            Assert.True(opened is ["opened", _, _], $"round {round}: {string.Join(' ', opened)}");
            Assert.InRange(Number(opened[1]), acknowledged, acknowledged + 1);
            Assert.True(nonces.Add(opened[2]));
            acknowledged = Number(opened[1]);
            int left = random.Next(150);
            while (host.StandardOutput.ReadLine() is { } line)
            {
                acknowledged = Number(line);
                if (left-- == 0)
                    host.Kill();
            }
            host.WaitForExit();
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Every operation has its turn.</summary>
    private const string Stride = "1";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static ProcessStartInfo FaultHost(IEnumerable<string> arguments) =>
        new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Throughline.FaultHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
        };
}
