namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench gate --json</c> prints it.</summary>
/// <param name="Rules">Of the version that judged.</param>
/// <param name="Counters">Of the version that judged.</param>
/// <param name="DecisionUs">In this process, one caller: microseconds from a request to its decision, features read and counted.</param>
/// <param name="HttpDecisionsPerSecond">Over HTTP ext_authz: the median of the rounds.</param>
/// <param name="BareHttpPerSecond">The same load against the same server's empty handler, in turns with the other.</param>
/// <param name="HttpShare">The one over the other.</param>
/// <param name="HttpDecisionCpuUs">Microseconds that the server's process worked for a decision over HTTP, storing it too.</param>
/// <param name="BareHttpCpuUs">The same for an empty answer.</param>
/// <param name="StoredDecisions">Decisions over HTTP, the warming round's too, whose record was durable in the end.</param>
/// <param name="LostDecisions">Those whose record was lost: the queue was full, or the store failed.</param>
/// <param name="HttpLoad"><c>wrk</c>, or <c>own</c> where that is not installed: then both figures are lower, for the load takes more of the machine.</param>
/// <param name="ReplayPerSecondPerCore">Requests of a generated access log that <c>gate replay</c> judges by the default rules, over the seconds that this process's processors worked for it.</param>
/// <param name="Cost">Of a million decisions over HTTP, and of a million requests replayed.</param>
internal sealed record GateReport(
    int Rules,
    int Counters,
    long Decisions,
    DecisionTimes DecisionUs,
    double HttpDecisionsPerSecond,
    double BareHttpPerSecond,
    double HttpShare,
    double HttpDecisionCpuUs,
    double BareHttpCpuUs,
    long StoredDecisions,
    long LostDecisions,
    string HttpLoad,
    double ReplayPerSecondPerCore,
    IReadOnlyList<Cost> Cost,
    int Processors
);

/// <summary>Microseconds.</summary>
internal sealed record DecisionTimes(double P50, double P99, double Max);
