using Throughline.Core.State;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Remembers until when a rule is not reported again for a key: a table of fixed size, where the entry that ends first gives way. What
/// it forgets is reported once more than it should be.
/// </summary>
internal sealed class QuietBook
{
    private const int Ways = 8;
    private const int Sets = 1 << 13;

    private readonly (ulong Key, long Until)[] entries = new (ulong, long)[Ways * Sets];

    /// <summary>Whether a match is to be kept quiet; if not, it is noted.</summary>
    public bool IsQuiet(ulong rule, ulong key, long time, long quietMs)
    {
        ulong hash = Mix.Two(rule, key) | 1;
        int start = (int)(hash >> 32 & Sets - 1) * Ways;
        int oldest = start;
        for (int i = start; i < start + Ways; i++)
        {
            if (entries[i].Key == hash)
            {
                // A clock that went back starts a new quiet time.
                if (time < entries[i].Until && time >= entries[i].Until - quietMs)
                    return true;
                oldest = i;
                break;
            }
            if (entries[i].Until < entries[oldest].Until)
                oldest = i;
        }
        entries[oldest] = (hash, time + quietMs);
        return false;
    }
}
