using System.Diagnostics.Metrics;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Server.Edge;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of decisions at the edge. Counted on the hot path, so by plain additions that are read when somebody asks.</summary>
internal static class EdgeInstruments
{
    public const string MeterName = "Throughline.Edge";

    private static readonly Meter Meter = new(MeterName);
    private static readonly string[] Contracts =
    [
        "ext_authz_http",
        "ext_authz_grpc",
        "auth_request",
        "forward_auth",
        "api",
    ];
    private static readonly string[] Actions = ["allow", "tag", "challenge", "deny"];
    private static readonly string[] Causes = ["no_match", "rule", "score", "budget_exceeded", "failure", "cleared"];
    private static readonly long[] Decisions = new long[Contracts.Length * Actions.Length * Causes.Length];

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "throughline.edge.decision",
        "s",
        "From a request being understood to its decision",
        advice: new()
        {
            HistogramBucketBoundaries =
            [
                0.000005,
                0.00001,
                0.000025,
                0.00005,
                0.0001,
                0.00025,
                0.001,
                0.005,
                0.025,
                0.05,
            ],
        }
    );

    private static readonly Counter<long> Responses = Meter.CreateCounter<long>(
        "throughline.edge.responses",
        "{response}",
        "Responses fed back, by what came of them"
    );

    public static readonly Counter<long> Unrecorded = Meter.CreateCounter<long>(
        "throughline.edge.unrecorded",
        "{decision}",
        "Decisions that were answered and whose record failed"
    );

    public static readonly Counter<long> Strangers = Meter.CreateCounter<long>(
        "throughline.edge.strangers",
        "{request}",
        "Questions over a proxy's contract from an address that is no trusted proxy"
    );

    public static readonly Counter<long> CustomersUnanswered = Meter.CreateCounter<long>(
        "throughline.edge.customers.unanswered",
        "{question}",
        "Questions who is behind a request that got no answer: too many waited, or the store was busy"
    );

    static EdgeInstruments()
    {
        Meter.CreateObservableCounter(
            "throughline.edge.decisions",
            () => Read(bypasses: false),
            "{decision}",
            "Decisions, by contract, action and cause"
        );
        Meter.CreateObservableCounter(
            "throughline.edge.bypasses",
            () => Read(bypasses: true),
            "{decision}",
            "Decisions that a fail policy made because the rules could not: part of the decisions"
        );
    }

    public static void Count(EdgeExchange exchange)
    {
        GateDecision decision = exchange.Decision;
        int place =
            ((int)exchange.Contract * Actions.Length + (int)decision.Action) * Causes.Length + (int)decision.Cause;
        Interlocked.Increment(ref Decisions[place]);
        Duration.Record(exchange.Latency.TotalSeconds);
    }

    public static void CountResponse(FeedbackOutcome outcome) =>
        Responses.Add(
            1,
            new KeyValuePair<string, object?>(
                "result",
                outcome switch
                {
                    FeedbackOutcome.Taken => "taken",
                    FeedbackOutcome.Duplicate => "duplicate",
                    _ => "not_found",
                }
            )
        );

    private static IEnumerable<Measurement<long>> Read(bool bypasses)
    {
        for (int place = 0; place < Decisions.Length; place++)
        {
            int cause = place % Causes.Length;
            long count = Volatile.Read(ref Decisions[place]);
            if (
                count == 0
                || (bypasses && cause is not ((int)DecisionCause.BudgetExceeded or (int)DecisionCause.Failure))
            )
                continue;
            yield return new(
                count,
                new("contract", Contracts[place / Causes.Length / Actions.Length]),
                new("action", Actions[place / Causes.Length % Actions.Length]),
                new("cause", Causes[cause])
            );
        }
    }
}
