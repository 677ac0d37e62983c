namespace Throughline.Cli.Bench;

/// <summary>What this machine did, as <c>bench attribution --json</c> prints it.</summary>
/// <param name="ReadSeconds">Loading both files, the best of the rounds; comparable to a database's load.</param>
/// <param name="Best">Query A: of each conversion the greatest eligible touch by (priority, time), all value to it.</param>
/// <param name="Decay">Query B: credit of every eligible touch by time decay.</param>
/// <param name="Cost">Of a million touches and conversions in batch: read, and both queries computed and written, all rounds.</param>
/// <param name="Stream">Live, through a service; null if no events were asked for.</param>
/// <param name="Files">Where the files were left; null if they were removed.</param>
internal sealed record AttributionReport(
    long Touches,
    long Conversions,
    int Campaigns,
    int TouchKinds,
    double ReadSeconds,
    QueryFigures Best,
    QueryFigures Decay,
    Cost Cost,
    StreamFigures? Stream,
    string? Files,
    int Threads,
    int Processors
);

/// <summary>One set of rules over the loaded rows.</summary>
/// <param name="ComputeSeconds">
/// From loaded rows to credit, best round: conversions told twice, customers, order in time, every rule, and the summary of reasons.
/// </param>
/// <param name="ComputeRounds">All rounds.</param>
/// <param name="WriteSeconds">Rows of results as text, until they are on the disk, of the same round.</param>
/// <param name="Reasons">Candidate touches by reason.</param>
/// <param name="Rows">Rows of results.</param>
internal sealed record QueryFigures(
    double ComputeSeconds,
    IReadOnlyList<double> ComputeRounds,
    double WriteSeconds,
    long Attributed,
    SortedDictionary<string, long> Reasons,
    long Rows
);
