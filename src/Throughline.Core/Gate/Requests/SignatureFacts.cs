namespace Throughline.Core.Gate.Requests;

/// <summary>What a request's signature (Web Bot Auth) is worth. Values are stored.</summary>
public enum SignatureState : byte
{
    /// <summary>It has none.</summary>
    None = 0,

    /// <summary>An agent that is known has signed it, for this host, and no longer ago than it says.</summary>
    Valid = 1,

    /// <summary>Nobody's key that is known, or not in force now.</summary>
    UnknownKey = 2,

    /// <summary>It is of another request, or has not the form of a signature.</summary>
    Invalid = 3,

    /// <summary>Its time is over.</summary>
    Expired = 4,

    /// <summary>Its nonce was used before.</summary>
    Replayed = 5,
}

/// <summary>The signature of a request; default: none.</summary>
/// <param name="Agent">The agent's name, as the operator of this gate calls it; null if it is not valid.</param>
/// <param name="Origin">Of an unknown key: whose it is said to be. Not recorded.</param>
public readonly record struct SignatureFacts(SignatureState State, string? Agent = null, string? Origin = null)
{
    private static readonly string[] Words = ["none", "valid", "unknown_key", "invalid", "expired", "replayed"];

    /// <summary>The state as rules read it.</summary>
    public string Word => (int)State < Words.Length ? Words[(int)State] : "none";
}
