using Throughline.Cli.Gate;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Cli.Output;

namespace Throughline.Cli.Bench;

/// <summary>
/// How many requests of an access log one core judges a second: the whole way of <c>gate replay</c> by the default rules, reading, sorting
/// and counting too, from cold code on. What the process's processors worked is what counts, the compiler's and the collector's work too, so that
/// it is a core's figure however many there are.
/// </summary>
internal static class GateReplayBench
{
    public static double Run(string folder, int requests, IProgress<long> progress, CancellationToken cancellation)
    {
        string log = Path.Combine(folder, "access.log");
        AccessLogMix.Write(log, requests, cancellation);
        GateReplay replay = new(RuleFiles.Open("default"), [log], LineForm.Auto);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        replay.Run(progress, cancellation);
        TimeSpan worked = Environment.CpuUsage.TotalTime - before;
        if (replay.Tally.Requests != requests)
            throw new InvalidOperationException($"{replay.Tally.Requests} of {requests} lines were judged");
        File.Delete(log);
        return Figures.PerSecond(requests, worked.TotalSeconds);
    }
}
