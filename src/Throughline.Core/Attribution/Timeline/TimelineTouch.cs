using System.Runtime.InteropServices;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>What else is known of a touch.</summary>
[Flags]
public enum TouchFlags : byte
{
    None = 0,

    /// <summary>Its actor was a bot, good or bad, in that bucket.</summary>
    Bot = 1,

    /// <summary>A machine opened it: a mail proxy, a scanner.</summary>
    MachineOpen = 2,

    /// <summary>A click: goes before other touches of equal priority, and is no view.</summary>
    Click = 4,
}

/// <summary>A touch as the timeline reads it: 24 bytes. Names are numbers of <see cref="RuleNames"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimelineTouch
{
    /// <summary>Milliseconds since 1970.</summary>
    public long Time;
    public int Campaign;
    public int Channel;
    public ushort Kind;

    /// <summary>The owner's place among the customer's owners; 0 where there is one only.</summary>
    public ushort Owner;
    public TouchFlags Flags;
}

/// <summary>What else is known of a conversion before its timeline is evaluated.</summary>
[Flags]
public enum ConversionFlags : byte
{
    None = 0,

    /// <summary>Another of the tenant's conversions has the same kind and order id and comes first: step 0.</summary>
    DuplicateOrder = 1,

    /// <summary>Its actor was a bot in that bucket.</summary>
    Bot = 2,

    /// <summary>It belongs to no customer.</summary>
    NoCustomer = 4,

    /// <summary>Its customer has too many identifiers to be a person.</summary>
    CustomerTooLarge = 8,
}

/// <summary>A conversion as the timeline reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TimelineConversion
{
    /// <summary>Milliseconds since 1970.</summary>
    public long Time;

    /// <summary>Value in minor units; negative values count as none.</summary>
    public long Minor;

    /// <summary>Equal for equal order ids of a kind; 0 without one.</summary>
    public ulong Order;
    public int Kind;

    /// <summary>Three ASCII letters, the first in the lowest byte; 0 without a value.</summary>
    public int Currency;

    /// <summary>Its refunds in the given list.</summary>
    public int FirstRefund;
    public int Refunds;

    /// <summary>The owner's place among the customer's owners.</summary>
    public ushort Owner;
    public ConversionFlags Flags;
}

/// <summary>One customer's journey: what <see cref="TimelineKernel"/> evaluates.</summary>
/// <param name="touches">Ascending by (time, id).</param>
/// <param name="conversions">Ascending by (time, id).</param>
/// <param name="refunds">Minor units, those of one conversion ascending by (time, id), of its currency only.</param>
/// <param name="tiers">Match tier of a touch's owner seen from a conversion's, row after row: <c>[conversion's owner * owners + touch's owner]</c>; empty: 0 throughout.</param>
/// <param name="owners">How many owners <paramref name="tiers"/> is about.</param>
public readonly ref struct CustomerTimeline(
    ReadOnlySpan<TimelineTouch> touches,
    ReadOnlySpan<TimelineConversion> conversions,
    ReadOnlySpan<long> refunds = default,
    ReadOnlySpan<byte> tiers = default,
    int owners = 0
)
{
    public ReadOnlySpan<TimelineTouch> Touches { get; } = touches;
    public ReadOnlySpan<TimelineConversion> Conversions { get; } = conversions;
    public ReadOnlySpan<long> Refunds { get; } = refunds;
    public ReadOnlySpan<byte> Tiers { get; } = tiers;
    public int Owners { get; } = owners;
}
