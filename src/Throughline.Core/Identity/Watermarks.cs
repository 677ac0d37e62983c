using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>An event that was the first of its bucket or a later one: 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct WatermarkRow
{
    public int Bucket;
    public long Position;
}

/// <summary>
/// Where in the log the time of events went on: no event before that place is of this bucket or a later one. So whoever looks for events
/// after an instant need not read all that came before.
/// </summary>
internal sealed class Watermarks
{
    public readonly PagedArray<WatermarkRow> Rows = new("identity.watermarks");

    /// <summary>Takes in the bucket of an accepted observation.</summary>
    public void Note(int bucket, long position)
    {
        if (Rows.Count == 0 || bucket > Rows[Rows.Count - 1].Bucket)
            Rows.Add(new() { Bucket = bucket, Position = position });
    }

    /// <summary>No event before this position is later than the bucket; null if none is at all.</summary>
    public long? FirstAfter(int bucket)
    {
        (int low, int high) = (0, Rows.Count);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (Rows[middle].Bucket <= bucket)
                low = middle + 1;
            else
                high = middle;
        }
        return low == Rows.Count ? null : Rows[low].Position;
    }
}
