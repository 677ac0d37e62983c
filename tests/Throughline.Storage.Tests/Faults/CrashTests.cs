using System.Diagnostics;
using System.Globalization;
using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Storage.Tests.Faults;

/// <summary>The process dies, or the power goes, at every file operation of a run and at random moments under load.</summary>
public sealed class CrashTests
{
    [Fact]
    public void Run_KilledBeforeNthOperation_NothingAcknowledgedIsLost() =>
        FaultHostProcess.RunCases(FaultMode.Freeze, error: 0, forGood: false, stride: 1);

    [Fact]
    public void Run_PowerLostBeforeNthOperation_NothingAcknowledgedIsLost() =>
        FaultHostProcess.RunCases(FaultMode.LosePower, error: 0, forGood: false, stride: 1);

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
            using Process host = Process.Start(
                FaultHostProcess.Prepare("load", folder.Path, FaultHostProcess.Text(seed))
            )!;
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

    [Fact]
    public void Replace_KilledAtRandomMoments_LeavesNothingOfWhatWasAcknowledged()
    {
        using TempFolder folder = new();
        int seed = Seeds.Next();
        Random random = new(seed);
        int acknowledged = 0;
        bool isDone = false;
        for (int round = 0; round < LongTests.Rounds(12, 60) || !isDone; round++)
        {
            using Process host = Process.Start(
                FaultHostProcess.Prepare(
                    "replace",
                    folder.Path,
                    FaultHostProcess.Text(seed),
                    FaultHostProcess.Text(acknowledged)
                )
            )!;
            string opened = host.StandardOutput.ReadLine() ?? "";
            Assert.True(opened == "opened", $"seed {seed}, round {round}: {opened}");
            int left = round < 11 ? random.Next(6) : int.MaxValue;
            while (host.StandardOutput.ReadLine() is { } line)
            {
                isDone |= line == "done";
                if (line != "done")
                    acknowledged = Number(line);
                if (left-- == 0)
                    host.Kill();
            }
            host.WaitForExit();
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
