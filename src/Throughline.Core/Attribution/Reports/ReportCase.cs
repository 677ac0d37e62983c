using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Reports;

/// <summary>A touch of a conversion as reports read it.</summary>
public struct ReportTouch
{
    /// <summary>Milliseconds since 1970.</summary>
    public long Time;
    public string Campaign;
    public string Channel;
    public string Kind;

    /// <summary>Empty where it is not known, or not asked for.</summary>
    public string Creative;
    public string Placement;

    /// <summary>It passed every test of its own and all caps: it competed.</summary>
    public bool IsOnPath;
    public bool IsCredited;

    /// <summary>The rule that credited it.</summary>
    public AttributionRule? Rule;

    /// <summary>Of <see cref="Weights"/>.</summary>
    public long Weight;
    public Int128 Weights;

    /// <summary>Credit in minor units, before refunds.</summary>
    public long Minor;

    /// <summary>Credit in minor units, after refunds.</summary>
    public long Net;

    /// <summary>Of the credit: three ASCII letters, the first in the lowest byte.</summary>
    public int Currency;
}

/// <summary>What of an exclusivity group's value nobody earned.</summary>
/// <param name="Minor">Minor units, before refunds.</param>
/// <param name="Net">The same after refunds.</param>
/// <param name="IsWhole">No touch was credited at all.</param>
public readonly record struct ReportRest(int Currency, long Minor, long Net, bool IsWhole);

/// <summary>One conversion as reports read it, whichever driver evaluated it. Reused from conversion to conversion.</summary>
public sealed class ReportCase
{
    public long Time;
    public string Kind = "";

    /// <summary>Its own currency and what it is worth after refunds, minor units.</summary>
    public int Currency;
    public long NetValue;

    /// <summary>Ascending by (time, id).</summary>
    public readonly List<ReportTouch> Touches = [];

    public readonly List<ReportRest> Rests = [];

    /// <summary>The place of the last touch on the path, or -1.</summary>
    public int Last
    {
        get
        {
            for (int i = Touches.Count - 1; i >= 0; i--)
                if (Touches[i].IsOnPath)
                    return i;
            return -1;
        }
    }

    public void Clear()
    {
        Touches.Clear();
        Rests.Clear();
    }
}
