using System.Numerics;

namespace Throughline.Core.Gate.Reports;

/// <summary>Latencies in 32 classes for each power of two: exact below 64 microseconds, then a percentile is too high by at most 3.2 %.</summary>
internal sealed class LatencyHistogram
{
    private const int ClassBits = 5;

    private readonly long[] counts = new long[64 << ClassBits];
    private long total;
    private long greatest;

    public void Add(long latencyUs)
    {
        latencyUs = Math.Max(0, latencyUs);
        counts[ClassOf(latencyUs)]++;
        total++;
        greatest = Math.Max(greatest, latencyUs);
    }

    public LatencyFigures Finish() => new(total, At(0.5), At(0.9), At(0.99), At(0.999), greatest);

    private long At(double share)
    {
        long rank = (long)Math.Ceiling(share * total);
        long seen = 0;
        for (int i = 0; i < counts.Length && total > 0; i++)
            if ((seen += counts[i]) >= rank)
                return Math.Min(LastOf(i), greatest);
        return 0;
    }

    // Below 2^(bits + 1) each value has a class of its own; above, the leading bits name it.
    private static int ClassOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - ClassBits);
        return (shift << ClassBits) + (int)(value >> shift);
    }

    private static long LastOf(int place)
    {
        int shift = Math.Max(0, (place >> ClassBits) - 1);
        long first = (place - (shift << ClassBits)) & ((1L << (ClassBits + 1)) - 1);
        return ((first + 1) << shift) - 1;
    }
}
