using System.Diagnostics;
using System.Globalization;
using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Storage.Tests.Faults;

/// <summary>Starts tests/Throughline.FaultHost, which checks Storage's promises on a disk that fails.</summary>
internal static class FaultHostProcess
{
    /// <summary>Lets every stride-th operation of a run of 200 events meet a fault.</summary>
    public static void RunCases(FaultMode mode, int error, bool forGood, int stride)
    {
        int seed = Seeds.Next();
        ProcessStartInfo start = Prepare(
            "cases",
            $"{mode}",
            Text(error),
            forGood ? "1" : "0",
            Text(seed),
            Text(stride)
        );
        FaultFs.Preload(start);
        using Process host = Process.Start(start)!;
        string output = host.StandardOutput.ReadToEnd();
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
    }

    public static ProcessStartInfo Prepare(params IEnumerable<string> arguments) =>
        new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Throughline.FaultHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
        };

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
