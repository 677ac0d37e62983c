using System.Diagnostics;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Bench;

/// <summary>How long one decision takes in this process: features read, everything counted, all rules evaluated.</summary>
internal static class GateDecideBench
{
    /// <summary>Decisions before the clock counts: the runtime optimises what it has seen.</summary>
    private const int Warmup = 50_000;

    public static DecisionTimes Run(
        GateModel model,
        GateMix mix,
        int decisions,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        GateEngine engine = new(model, new CounterBank(new()), new ListBook(), new Nobody());
        FeatureReader features = new(new AgentTable());
        GateInputs inputs = new();
        GateDecision decision = new();
        long[] ticks = new long[decisions];
        long started = Stopwatch.GetTimestamp();
        bool IsLate() => Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(50);
        Func<bool> late = IsLate;
        for (int i = -Warmup; i < decisions; i++)
        {
            EdgeRequest request = mix[i + Warmup];
            request.Time = 1_780_000_000_000 + ((i + Warmup) / 20); // 20,000 requests a second
            started = Stopwatch.GetTimestamp();
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision, late);
            if (i >= 0)
                ticks[i] = Stopwatch.GetTimestamp() - started;
            if (i % 10_000 != 0)
                continue;
            cancellation.ThrowIfCancellationRequested();
            progress.Report(Math.Max(i, 0));
        }
        Array.Sort(ticks);
        return new(Us(ticks[decisions / 2]), Us(ticks[(int)(decisions * 0.99)]), Us(ticks[^1]));
    }

    private static double Us(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 2, MidpointRounding.ToEven);

    private sealed class Nobody : IGateFacts
    {
        public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

        public CustomerFacts Customer(EdgeRequest request) => default;
    }
}
