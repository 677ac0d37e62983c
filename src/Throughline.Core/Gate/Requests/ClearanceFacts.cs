namespace Throughline.Core.Gate.Requests;

/// <summary>What became of the clearance that a client showed. Values are stored.</summary>
public enum ClearanceState : byte
{
    /// <summary>It showed none.</summary>
    None = 0,

    /// <summary>It proved itself before, from this network and with this user agent.</summary>
    Valid = 1,

    /// <summary>Its time is over.</summary>
    Expired = 2,

    /// <summary>It was given to another network.</summary>
    OtherAddress = 3,

    /// <summary>It was given to another user agent.</summary>
    OtherAgent = 4,

    /// <summary>It is none that this gate gave, or one of another tenant.</summary>
    Forged = 5,

    /// <summary>It shows none, but proved itself again and again in vain: the loop guard lets it through.</summary>
    PassedOn = 6,
}

/// <summary>The clearance of a request; default: none.</summary>
/// <param name="Difficulty">Zero bits of the proof that it was given for.</param>
/// <param name="AgeMs">Since it was given.</param>
/// <param name="Id">The decision that asked for the proof: the same for all requests with this clearance. Null: none.</param>
public readonly record struct ClearanceFacts(
    ClearanceState State,
    int Difficulty = 0,
    long AgeMs = 0,
    string? Id = null
)
{
    private static readonly string[] Words =
    [
        "none",
        "valid",
        "expired",
        "other_address",
        "other_agent",
        "forged",
        "passed_on",
    ];

    /// <summary>Whoever shows it need not prove itself again.</summary>
    public bool IsValid => State is ClearanceState.Valid or ClearanceState.PassedOn;

    /// <summary>The state as rules read it.</summary>
    public string Word => (int)State < Words.Length ? Words[(int)State] : "none";

    /// <summary>Whether it spares its client a challenge.</summary>
    /// <param name="difficulty">What the rule or route asks for; null: whatever was usual when it was given.</param>
    public bool Answers(int? difficulty) => IsValid && Difficulty >= (difficulty ?? 0);
}

/// <summary>Challenges of one network and user agent in the last minutes.</summary>
/// <param name="Issued">Pages with a task that it was sent.</param>
/// <param name="Solved">Proofs of it that were right.</param>
/// <param name="Failed">Proofs of it that were refused.</param>
public readonly record struct ChallengeCounts(int Issued, int Solved, int Failed);
