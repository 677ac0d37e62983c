namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench gate --json</c> prints it.</summary>
/// <param name="Rules">Of the version that judged.</param>
/// <param name="Counters">Of the version that judged.</param>
/// <param name="DecisionUs">In this process, one caller: microseconds from a request to its decision, features read and counted.</param>
/// <param name="HttpDecisionsPerSecond">Over HTTP ext_authz: the median of the rounds.</param>
/// <param name="BareHttpPerSecond">The same load against the same server's empty handler, in turns with the other.</param>
/// <param name="HttpShare">The one over the other.</param>
/// <param name="HttpLoad"><c>wrk</c>, or <c>own</c> where that is not installed: then both figures are lower, for the load takes more of the machine.</param>
/// <param name="ReplayPerSecondPerCore">Requests of an access log judged a second by one core; null where it was not measured.</param>
internal sealed record GateReport(
    int Rules,
    int Counters,
    long Decisions,
    DecisionTimes DecisionUs,
    double HttpDecisionsPerSecond,
    double BareHttpPerSecond,
    double HttpShare,
    string HttpLoad,
    double? ReplayPerSecondPerCore,
    int Processors
);

/// <summary>Microseconds.</summary>
internal sealed record DecisionTimes(double P50, double P99, double Max);
