using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Counters;

/// <summary>How a counter measures; with its identity it says which stored values are its own.</summary>
/// <param name="Identity">A hash of all that gives the values their meaning (key, kind, window, where, of): a counter whose definition is
/// the same keeps its values through every publication, whatever happens to rules.</param>
/// <param name="WindowMs">1 s to 30 d; of no meaning to buckets.</param>
/// <param name="LeakMs">Buckets: 1 ms to 30 d; may be 0 elsewhere.</param>
/// <param name="Capacity">Buckets: at least 1. It may change without a loss of values.</param>
public readonly record struct CounterShape(UInt128 Identity, CounterKind Kind, long WindowMs, long LeakMs, int Capacity)
{
    public const long WindowMsMin = 1000;
    public const long WindowMsMax = 30L * 86_400_000;

    /// <summary>Whether it is within its limits.</summary>
    public bool IsValid =>
        Kind switch
        {
            CounterKind.Bucket or CounterKind.DistinctBucket => LeakMs is >= 1 and <= WindowMsMax && Capacity >= 1,
            _ => Enum.IsDefined(Kind) && WindowMs is >= WindowMsMin and <= WindowMsMax,
        };

    /// <summary>Whether values of the other are this one's.</summary>
    public bool SharesValuesWith(in CounterShape other) =>
        Identity == other.Identity
        && Kind == other.Kind
        && (
            Kind is CounterKind.Bucket or CounterKind.DistinctBucket
                ? LeakMs == other.LeakMs
                : WindowMs == other.WindowMs
        );
}

/// <summary>How much memory counters may take.</summary>
/// <param name="BytesMax">Beyond it the keys that were not counted for longest go first. At least <see cref="BytesMin"/>.</param>
public sealed record CounterLimits(long BytesMax = 256L << 20)
{
    public const long BytesMin = 4L << 20;
}

/// <summary>What counters take.</summary>
/// <param name="Bytes">All that is held, free room in pages too; never above the limit.</param>
/// <param name="Evicted">Keys that went for lack of memory before their window had passed.</param>
public readonly record struct CounterUse(long Bytes, long Keys, long Evicted);
