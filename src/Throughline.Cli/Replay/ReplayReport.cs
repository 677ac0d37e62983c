namespace Throughline.Cli.Replay;

/// <summary>What came of a replay.</summary>
/// <param name="Events">How many were applied.</param>
/// <param name="Digest">Of the results that the replay gave.</param>
/// <param name="Identical">The results equal those that they are compared with.</param>
/// <param name="Rejected">Lines of a file that are no events.</param>
internal sealed record ReplayReport(
    string Order,
    long Events,
    double Seconds,
    double EventsPerSecond,
    string Digest,
    bool Identical,
    long Rejected = 0
);
