namespace Throughline.Core.Gate.Challenges;

/// <summary>What became of a challenge. Values are stored.</summary>
public enum ChallengeOutcome : byte
{
    None = 0,

    /// <summary>The client was sent a page with a task.</summary>
    Issued = 1,

    /// <summary>It solved the task and was given a clearance.</summary>
    Solved = 2,

    /// <summary>Its proof was refused: <see cref="ChallengeFault"/> says why.</summary>
    Failed = 3,

    /// <summary>Its proof had been used before.</summary>
    Replayed = 4,

    /// <summary>It solved one task after another and never showed a clearance: it was given one, and is let through without for a while.</summary>
    Looped = 5,
}

/// <summary>Why a proof was refused. Values are stored.</summary>
public enum ChallengeFault : byte
{
    None = 0,

    /// <summary>It has not the form of a proof.</summary>
    Malformed = 1,

    /// <summary>The hash does not begin with the bits that it must begin with.</summary>
    TooLittleWork = 2,

    /// <summary>The task is none that this gate gave, or one of another tenant.</summary>
    Forged = 3,

    /// <summary>The task is too old, or from before this run of the edge.</summary>
    Expired = 4,

    /// <summary>The task was given to another network.</summary>
    OtherAddress = 5,

    /// <summary>The task was given to another user agent.</summary>
    OtherAgent = 6,
}
