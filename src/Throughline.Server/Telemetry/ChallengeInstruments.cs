using System.Diagnostics.Metrics;
using System.Text.Json;
using Throughline.Core.Gate.Challenges;
using Throughline.Server.Edge;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of challenges.</summary>
internal static class ChallengeInstruments
{
    public const string MeterName = "Throughline.Challenges";

    private static readonly Meter Meter = new(MeterName);
    private static readonly string[] OutcomeNames = NamesOf<ChallengeOutcome>();
    private static readonly string[] FaultNames = NamesOf<ChallengeFault>();

    private static readonly Counter<long> Outcomes = Meter.CreateCounter<long>(
        "throughline.challenge.outcomes",
        "{challenge}",
        "Challenges, by what became of them and why a proof was refused"
    );

    private static readonly Histogram<double> Solve = Meter.CreateHistogram<double>(
        "throughline.challenge.solve",
        "s",
        "From a task being handed out to its proof",
        advice: new() { HistogramBucketBoundaries = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 600] }
    );

    public static void Count(EdgeExchange exchange)
    {
        (ChallengeOutcome outcome, ChallengeFault fault) = (exchange.Decision.Challenge, exchange.Decision.Fault);
        if (outcome == ChallengeOutcome.None)
            return;
        Outcomes.Add(1, new("outcome", OutcomeNames[(int)outcome]), new("fault", FaultNames[(int)fault]));
        if (outcome is ChallengeOutcome.Solved or ChallengeOutcome.Looped && exchange.SolvedIn is { } time)
            Solve.Record(time.TotalSeconds);
    }

    private static string[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
