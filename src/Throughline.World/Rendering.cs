namespace Throughline.World;

/// <summary>How a run is written. Ids, times, campaigns, amounts and arrival are the same in both.</summary>
public enum Rendering
{
    /// <summary>As a site would send it: the identifiers that were visible, nothing of the truth.</summary>
    Observed,

    /// <summary>
    /// Identity and verdicts set to the truth: each event carries <c>user</c> = the true person or bot and <c>device</c> =
    /// <c>truth-</c> and the same, and before all others comes a label per actor, on that device, with what it truly is.
    /// </summary>
    GivenTruth,
}
