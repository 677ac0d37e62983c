using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

// Heads, next pointers and group numbers hold row + 1; 0 means none. Rows are written to snapshots as they are: a change
// here is a new format version of the state.

/// <summary>An identifier: 52 bytes, most of them in one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct IdentifierRow
{
    public Token Token;

    // Time of the first accepted sighting, quarantined or not, in the upper 44 bits; type code 12; counts 4; flags 4.
    private ulong firstSeen;

    // Position of the event that was seen first in the lower 40 bits; revision of the customer it founds in the upper 24.
    private ulong firstPosition;

    /// <summary>Its group, or 0 while it is alone.</summary>
    public int Group;

    // Next member of the group's ring in the lower 28 bits; how many links hang under it 4.
    private uint next;

    // Head of the links in the lower 28 bits, which an index holds no more of; counts 4.
    private uint links;
    public int Touches;
    public int Conversions;

    private const ulong BlockedFlag = 1;
    private const ulong SeenFlag = 2;
    private const ulong NamedFlag = 4;
    private const ulong SharedFlag = 8;
    private const int CountsShift = 4;
    private const ulong CountsMask = 15UL << CountsShift;
    private const int LinkBits = 28;
    private const uint LinksMask = (1u << LinkBits) - 1;
    private const uint ManyLinks = 8;
    private const ulong PositionMask = (1UL << 40) - 1;

    public static IdentifierRow Create(Token token, int type) => new() { Token = token, firstSeen = (ulong)type << 8 };

    public readonly int Type => (int)(firstSeen >> 8) & 0xfff;

    /// <summary>Milliseconds since 1970; meaningless until <see cref="IsSeen"/>.</summary>
    public readonly long FirstSeen => (long)(firstSeen >> 20);

    /// <summary>Position of the event that was seen first.</summary>
    public readonly long FirstPosition => (long)(firstPosition & PositionMask);

    /// <summary>How many results were published for the customer id that this identifier founds (wraps at 2^24).</summary>
    public readonly int Revision => (int)(firstPosition >> 40);
    public readonly bool IsSeen => (firstSeen & SeenFlag) != 0;
    public readonly bool IsBlocked => (firstSeen & BlockedFlag) != 0;

    /// <summary>The index of customer ids knows it as a founder.</summary>
    public readonly bool IsNamed => (firstSeen & NamedFlag) != 0;

    /// <summary>Linked to so many others that it tells of nobody: it links nothing and owns no event.</summary>
    public readonly bool IsShared => (firstSeen & SharedFlag) != 0;

    /// <summary>Events may hang under it.</summary>
    public readonly bool CanOwn => (firstSeen & (BlockedFlag | SharedFlag)) == 0;

    /// <summary>It can belong to a customer.</summary>
    public readonly bool IsLive => (firstSeen & (SeenFlag | BlockedFlag)) == SeenFlag;

    public int Links
    {
        readonly get => (int)(links & LinksMask);
        set => links = (links & ~LinksMask) | (uint)value;
    }

    /// <summary>Next member of the group's ring.</summary>
    public int Next
    {
        readonly get => (int)(next & LinksMask);
        set => next = (next & ~LinksMask) | (uint)value;
    }

    /// <summary>Links that hang under it; <see cref="HasManyLinks"/> is all that is known of more.</summary>
    public readonly int LinkCount => (int)(next >> LinkBits);

    /// <summary>More links than anybody should walk along to find one.</summary>
    public readonly bool HasManyLinks => next >> LinkBits == ManyLinks;

    /// <summary>Hangs one more link under it. Not beyond <see cref="HasManyLinks"/>.</summary>
    public void CountLink() => next += 1u << LinkBits;

    /// <summary>Of its candidate links, as <see cref="SharingCounts"/> writes them: a byte.</summary>
    public byte Counts
    {
        readonly get => (byte)(((firstSeen & CountsMask) >> CountsShift) | (links >> LinkBits << 4));
        set
        {
            firstSeen = (firstSeen & ~CountsMask) | (ulong)(value & 15) << CountsShift;
            links = (links & LinksMask) | (uint)(value >> 4) << LinkBits;
        }
    }

    public void See(long time, long position)
    {
        firstSeen = (firstSeen & 0xf_ffff) | ((ulong)time << 20) | SeenFlag;
        firstPosition = (firstPosition & ~PositionMask) | (ulong)position;
    }

    /// <summary>It was never seen: what was seen of it is void.</summary>
    public void Forget() => firstSeen &= 0xf_ffff & ~SeenFlag;

    public void SetBlocked(bool blocked) => firstSeen = blocked ? firstSeen | BlockedFlag : firstSeen & ~BlockedFlag;

    public void SetShared(bool shared) => firstSeen = shared ? firstSeen | SharedFlag : firstSeen & ~SharedFlag;

    public void Publish() => firstPosition += 1UL << 40;

    public void SetRevision(int revision) => firstPosition = (firstPosition & PositionMask) | (ulong)revision << 40;

    public void SetNamed() => firstSeen |= NamedFlag;
}

/// <summary>What the pass did with a link.</summary>
internal enum LinkOutcome : byte
{
    /// <summary>It is not in the pass: not admitted.</summary>
    None = 0,

    /// <summary>Its ends are in one group from its turn on.</summary>
    Accepted = 1,

    /// <summary>The union of its ends' groups would have broken a limit.</summary>
    Rejected = 2,
}

/// <summary>Two identifiers that were seen together, or of which a matcher says so in one tier: 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LinkRow
{
    /// <summary>The end with the smaller row.</summary>
    public int A;
    public int B;
    public int NextOfA;
    public int NextOfB;

    // Time of the earliest valid sighting in the lower 44 bits; the stated tier above.
    private ulong first;

    /// <summary>Latest valid sighting, milliseconds since 1970; meaningless while <see cref="Count"/> is 0.</summary>
    public long Last;

    // Valid sightings in the lower 28 bits; outcome in two; flags.
    private uint count;
    public int Sightings;

    private const int TimeBits = 44;
    private const ulong TimeMask = (1UL << TimeBits) - 1;
    private const uint CountMask = (1 << 28) - 1;
    private const int OutcomeShift = 28;
    private const uint CandidateFlag = 1u << 30;
    private const uint OperatorFlag = 1u << 31;

    /// <summary>Earliest valid sighting, milliseconds since 1970; meaningless while <see cref="Count"/> is 0.</summary>
    public long First
    {
        readonly get => (long)(first & TimeMask);
        set => first = (first & ~TimeMask) | ((ulong)value & TimeMask);
    }

    /// <summary>The tier that a matcher states, 1 to 99; 0 of what was seen together, whose tier its types give.</summary>
    public int Stated
    {
        readonly get => (int)(first >> TimeBits);
        set => first = (first & TimeMask) | (ulong)value << TimeBits;
    }

    /// <summary>Valid sightings.</summary>
    public int Count
    {
        readonly get => (int)(count & CountMask);
        set => count = (count & ~CountMask) | ((uint)value & CountMask);
    }

    public LinkOutcome Outcome
    {
        readonly get => (LinkOutcome)(count >> OutcomeShift & 3);
        set => count = (count & ~(3u << OutcomeShift)) | (uint)value << OutcomeShift;
    }

    /// <summary>It has enough evidence and neither end is blocked; sharing is counted over these.</summary>
    public bool IsCandidate
    {
        readonly get => (count & CandidateFlag) != 0;
        set => count = value ? count | CandidateFlag : count & ~CandidateFlag;
    }

    /// <summary>An operator says that the two belong together.</summary>
    public bool IsByOperator
    {
        readonly get => (count & OperatorFlag) != 0;
        set => count = value ? count | OperatorFlag : count & ~OperatorFlag;
    }

    public readonly int Other(int end) => A == end ? B : A;

    public readonly int NextOf(int end) => A == end ? NextOfA : NextOfB;
}

/// <summary>
/// The sightings of one link by one actor in one bucket: they are valid or quarantined together. Of a matcher's statement: it alone.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SightingRow
{
    public int Link;

    /// <summary>Row of the actor bucket.</summary>
    public int Bucket;
    public int NextOfLink;
    public int NextOfBucket;

    /// <summary>Position of one event that shows both identifiers: the evidence that an explanation reads.</summary>
    public long Position;

    // Offsets within the bucket (19 bits each), how many (25 bits), and whether the strategy refuses them.
    private ulong packed;

    private const int OffsetBits = 19;
    private const ulong OffsetMask = (1 << OffsetBits) - 1;
    private const int CountMax = (1 << 25) - 1;
    private const ulong RefusedFlag = 1UL << 63;

    public readonly int First => (int)(packed & OffsetMask);
    public readonly int Last => (int)(packed >> OffsetBits & OffsetMask);
    public readonly int Count => (int)(packed >> (2 * OffsetBits)) & CountMax;

    /// <summary>The strategy in force does not take their events for evidence of this link.</summary>
    public bool IsRefused
    {
        readonly get => (packed & RefusedFlag) != 0;
        set => packed = value ? packed | RefusedFlag : packed & ~RefusedFlag;
    }

    /// <summary>Counts one more sighting; false when the row is full.</summary>
    public bool Add(int offset)
    {
        if (Count == CountMax)
            return false;
        ulong first = (ulong)(Count == 0 ? offset : Math.Min(offset, First));
        ulong last = (ulong)(Count == 0 ? offset : Math.Max(offset, Last));
        packed = (packed & RefusedFlag) | first | last << OffsetBits | (ulong)(Count + 1) << (2 * OffsetBits);
        return true;
    }
}

/// <summary>A customer id that was given out, and whom it names: a part of it is enough to look for it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct FounderRow
{
    public uint IdPart;

    public static ulong HashOf(Token id) => HashOf((uint)id.Low);

    public static ulong HashOf(uint idPart) => Mix.Two(idPart, 1);

    /// <summary>Row of the founder.</summary>
    public int Identifier;
}

/// <summary>
/// A customer: 56 bytes. An identifier that has been alone since it was first seen needs none; its one result was caused by
/// the event at its first position.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct GroupRow
{
    /// <summary>Row of the member with the least (first seen, type, token); also an entry to the ring.</summary>
    public int Founder;

    /// <summary>Members; 0 when the row is free, and <see cref="Founder"/> is then the next free row.</summary>
    public int Size;

    /// <summary>Sum of the members' hashes: names the set in any order.</summary>
    public ulong Members;

    /// <summary>Time of the latest conversion of any member; may be late after a split, never early.</summary>
    public long LatestConversion;

    /// <summary>Sequence of the customer's last result.</summary>
    public long Result;

    /// <summary>How many of its members are of each type that the strategy limits: a byte each (<see cref="TypeCounts"/>).</summary>
    public ulong Counts;

    /// <summary>The customer's id, which is a slow hash of what names the founder; or default while nobody has asked.</summary>
    public Token Id;

    public void SetFounder(int founder) => (Founder, Id) = (founder, default);
}
