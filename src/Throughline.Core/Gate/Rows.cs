using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Gate;

// Heads and next pointers hold row + 1; 0 ends a chain. Rows are written to snapshots as they are: a change here is a new
// format version of the state.

/// <summary>What one actor did in one 5-minute bucket of event time.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ActorBucketRow
{
    public Token Actor;
    public int Bucket;
    public AgentClasses Agents;
    public Verdict Verdict;
    public VerdictReason Reason;

    /// <summary>Worst recorded decision + 1; 0 = none.</summary>
    public byte Decision;

    /// <summary>Latest label's verdict + 1; 0 = none.</summary>
    public byte Label;
    public bool OverRate;

    /// <summary>Always 0: keeps the rows whole words.</summary>
    public short Reserved;

    public int Sightings;
    public int Touches;
    public int Conversions;
    public int Addresses;
    public int Evidence;

    /// <summary>The bucket's last result.</summary>
    public ResultRef Result;

    public readonly VerdictInputs Inputs =>
        new(
            Agents,
            OverRate,
            Label == 0 ? null : (Verdict)(Label - 1),
            Decision == 0 ? null : (DecisionAction)(Decision - 1)
        );
}

/// <summary>Requests from one address in one bucket.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct AddressBucketRow
{
    public Token Address;
    public int Bucket;
    public int Requests;
    public int Actors;
}

/// <summary>One actor was seen at one address in one bucket.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PresenceRow
{
    public int Actor;
    public int Address;
    public int NextOfActor;
    public int NextOfAddress;
}

/// <summary>An event that speaks for or against an actor in a bucket: every request and decision, and what showed a new class of user agent.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EvidenceRow
{
    public long Position;
    public int Next;
}
