using System.Text.Json.Serialization;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What a draft changes of a conversion.</summary>
internal enum Change
{
    Same,

    /// <summary>Somebody would earn, and nobody does.</summary>
    Gained,

    /// <summary>Nobody would earn, and somebody does.</summary>
    Lost,

    /// <summary>Others would earn, or other parts.</summary>
    Moved,
}

/// <summary>What one thread, and in the end all of them, found different.</summary>
internal sealed class CompareTally(int samples)
{
    private readonly long[] changes = new long[Enum.GetValues<Change>().Length];
    private readonly Dictionary<(int Campaign, int Currency), (Int128 Before, Int128 After)> money = [];
    private readonly SortedDictionary<ulong, CompareSample> kept = [];
    private ulong greatest = ulong.MaxValue;

    public IReadOnlyDictionary<(int Campaign, int Currency), (Int128 Before, Int128 After)> Money => money;

    /// <summary>The conversions of the least draws, by line.</summary>
    public IReadOnlyList<CompareSample> Samples => [.. kept.Values.OrderBy(sample => sample.Line)];

    public long Of(Change change) => changes[(int)change];

    public void Count(Change change) => changes[(int)change]++;

    /// <summary>A campaign earns so many minor units of a conversion under one of the sets of rules.</summary>
    public void Earn(int campaign, int currency, Int128 minor, bool isAfter)
    {
        (Int128 before, Int128 after) = money.GetValueOrDefault((campaign, currency));
        money[(campaign, currency)] = isAfter ? (before, after + minor) : (before + minor, after);
    }

    /// <summary>Whether a changed conversion with this draw would be among the samples so far.</summary>
    public bool Wants(ulong draw) => samples > 0 && draw < greatest;

    public void Keep(ulong draw, CompareSample sample)
    {
        kept[draw] = sample;
        if (kept.Count > samples)
            kept.Remove(kept.Keys.Last());
        if (kept.Count == samples)
            greatest = kept.Keys.Last();
    }

    public void Add(CompareTally other)
    {
        for (int i = 0; i < changes.Length; i++)
            changes[i] += other.changes[i];
        foreach (((int campaign, int currency), (Int128 before, Int128 after)) in other.money)
        {
            Earn(campaign, currency, before, isAfter: false);
            Earn(campaign, currency, after, isAfter: true);
        }
        foreach ((ulong draw, CompareSample sample) in other.kept)
            if (Wants(draw))
                Keep(draw, sample);
    }
}

/// <summary>A changed conversion with both explanations side by side.</summary>
/// <param name="Touches">Candidates under either set of rules, oldest first.</param>
internal sealed record CompareSample(
    [property: JsonIgnore] long Line,
    string Conversion,
    Change Change,
    string Kind,
    string Time,
    long Minor,
    string? Currency,
    IReadOnlyList<CompareTouch> Touches
);

/// <param name="Before">Null: not in the longest window of the rules in force.</param>
/// <param name="After">Null: not in the longest window of the draft.</param>
internal sealed record CompareTouch(
    string Touch,
    string Campaign,
    string Kind,
    string Time,
    CompareSide? Before,
    CompareSide? After
);

/// <param name="Reason"><c>credited</c>, or the first test that the touch failed.</param>
internal sealed record CompareSide(string Reason, int? Rank, long Minor, string? Rule, int? Version);
