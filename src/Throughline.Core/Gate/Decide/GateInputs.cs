using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Everything that the rules of one version read of one request: all of it is read before any rule runs, and all of it goes into
/// the record, so that a decision can be derived again from its record alone.
/// </summary>
public sealed class GateInputs
{
    public RequestFeatures Request { get; } = new();

    /// <summary>Null in the request phase.</summary>
    public ResponseFacts? Response { get; set; }

    /// <summary>Values of the version's counters, in its order; NaN: the counter lacks a feature of this request.</summary>
    public double[] Counters { get; set; } = [];

    /// <summary>Whether the request is in the version's lists, in its order.</summary>
    public Membership[] Lists { get; set; } = [];

    /// <summary>What is known of lists from a record, in the version's order; null at a place: it is looked up.</summary>
    internal Membership?[]? KnownLists { get; set; }
    public BotIdentity Bot { get; set; }
    public CustomerFacts Customer { get; set; }

    /// <summary>Place of the version's route that the request fits (the default route comes after the last); null: not read yet.</summary>
    public int? Route { get; set; }

    /// <summary>Hash of the session, else of address and user agent: what canaries are shared out by; null: not read yet.</summary>
    public ulong? Visitor { get; set; }

    /// <summary>Whom the request belongs to in hold-outs; null: not read, since no rule of the version has one.</summary>
    public HoldoutUnit? Unit { get; set; }

    /// <summary>Hash of the address, for "how many different ones" in reports; 0 if it is not known.</summary>
    public ulong AddressKey { get; set; }

    /// <summary>The version whose counters and lists were read.</summary>
    internal GateModel? ReadFor { get; set; }
}

/// <summary>What a list says of a request.</summary>
public enum Membership : byte
{
    Out = 0,
    In = 1,

    /// <summary>The request lacks what is looked up.</summary>
    Unknown = 2,
}

/// <summary>What is known of a declared good bot.</summary>
public enum BotIdentity : byte
{
    /// <summary>It does not claim to be one that can be verified.</summary>
    None = 0,

    /// <summary>It claims to be one, and nothing is known yet.</summary>
    Unverified = 1,

    /// <summary>Its address is in the published ranges, or its name was confirmed forward and back.</summary>
    Verified = 2,

    /// <summary>Its address is in none of the ranges that its operator publishes, or its name does not belong to the operator.</summary>
    Impostor = 3,
}

/// <summary>What memory knows of the customer behind the request; default: unknown.</summary>
/// <param name="AgeMs">Since first seen.</param>
/// <param name="Conversions">Counted so far.</param>
/// <param name="AddressIdentifiers">Different identifiers seen at this address.</param>
public readonly record struct CustomerFacts(bool Known, long AgeMs, int Conversions, int AddressIdentifiers);
