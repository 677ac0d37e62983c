using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

// Heads and next pointers hold row + 1; 0 means none. Rows are written to snapshots as they are: a change here is a new
// format version of the state.

/// <summary>An event that may earn credit: 32 bytes, found through its owner's chain (newest first) or its actor bucket's.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TouchRow
{
    // Time in the upper 44 bits, number of campaign and channel in the lower 20.
    private readonly ulong when;

    // Position in the upper 39 bits, one for machines, kind 8, the first 16 bits of the event's id.
    private readonly ulong what;

    public int Owner;
    public int NextOfOwner;
    public int Bucket;
    public int NextOfBucket;

    public const int MaxCampaigns = (1 << 20) - 1;
    public const int MaxKinds = 255;

    public TouchRow(long time, int campaign, long position, bool isMachineOpen, int kind, Token id)
    {
        when = (ulong)time << 20 | (uint)campaign;
        what = (ulong)position << 25 | (isMachineOpen ? 1UL << 24 : 0) | (ulong)kind << 16 | StartOf(id);
    }

    public readonly long Time => (long)(when >> 20);

    /// <summary>Of its campaign and channel together (<see cref="TouchNames"/>).</summary>
    public readonly int Campaign => (int)when & 0xf_ffff;
    public readonly long Position => (long)(what >> 25);

    /// <summary>A machine opened it: a mail proxy, a scanner.</summary>
    public readonly bool IsMachineOpen => (what >> 24 & 1) != 0;
    public readonly int Kind => (int)(what >> 16) & 0xff;

    /// <summary>The start of the event's id: orders most touches of one instant without reading their events.</summary>
    public readonly ushort IdStart => (ushort)what;

    public static ushort StartOf(Token id) => (ushort)(id.High >> 48);
}

/// <summary>A conversion, and where its last result is.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ConversionRow
{
    public Token Id;

    /// <summary>Hash of kind and order id; default without an order id.</summary>
    public Token Order;
    public long Time;
    public long Position;
    public long Minor;

    /// <summary>Three ASCII letters, the first in the lowest byte; 0 without a value.</summary>
    public int Currency;
    public int Kind;
    public int Owner;
    public int NextOfOwner;
    public int Bucket;
    public int NextOfBucket;
    public int NextOfOrder;

    /// <summary>Next in the queue of work, row + 1; itself at the end; 0 when not queued.</summary>
    public int NextQueued;

    /// <summary>Next of those that become final at once; kept where conversions do (<see cref="EndRow"/>).</summary>
    public int NextOfEnd;

    /// <summary>Hash of the last published content, 0 before the first.</summary>
    public ulong Content;

    /// <summary>The conversion's last result.</summary>
    public ResultRef Result;
}

/// <summary>A refund of a conversion, named by the conversion's id or by its order; it may come first.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct RefundRow
{
    /// <summary>The conversion's id or order hash.</summary>
    public Token Target;
    public Token Id;
    public long Time;
    public long Position;
    public long Minor;
    public int Currency;
    public int Next;
}
