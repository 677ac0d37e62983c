using Throughline.Core.Attribution.Reports;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Examples;

/// <summary>How much of what may become of a touch is known. Words of columns are their names in snake case.</summary>
public enum OutcomeState : byte
{
    /// <summary>The longest window is over, and no event within the horizon can be in it any more.</summary>
    Final = 0,

    /// <summary>The window is over; conversions in it may still be told of, late.</summary>
    Late = 1,

    /// <summary>The window is not over.</summary>
    Open = 2,

    /// <summary>No version of any rule covers its campaign: it cannot earn anything.</summary>
    Uncovered = 3,

    /// <summary>It is nobody's, or a customer's of too many identifiers: it cannot earn anything.</summary>
    Nobody = 4,
}

/// <summary>What one touch earned in one currency.</summary>
/// <param name="Currency">Three ASCII letters, the first in the lowest byte; 0: of conversions without value.</param>
/// <param name="Credited">Conversions that credited it.</param>
/// <param name="Minor">Credit in minor units, before refunds.</param>
/// <param name="Net">The same after refunds.</param>
/// <param name="Value">What those conversions were worth to its group, before refunds.</param>
public record struct Earned(int Currency, int Credited, long Minor, long Net, long Value);

/// <summary>What became of touches, by all current cases of conversions: credits as reports add them up.</summary>
internal sealed class ExampleOutcomes(CreditView view, TouchHistory history)
{
    private readonly Dictionary<int, List<Earned>> earned = [];
    private readonly Dictionary<int, int> followed = []; // conversions, by row of the touch
    private readonly Dictionary<string, long> windows = new(StringComparer.Ordinal);

    /// <summary>Takes a conversion's current case in.</summary>
    public void Take(ConversionCase conversion)
    {
        bool counts = conversion.Status is ConversionStatus.Attributed or ConversionStatus.Unattributed;
        foreach (Candidate candidate in conversion.Candidates)
        {
            int row = history.TouchAt(candidate.Position);
            if (row < 0)
                continue; // its event came after the view was made
            if (counts && conversion.Time - candidate.Time <= WindowOf(candidate.Campaign))
                followed[row] = followed.GetValueOrDefault(row) + 1;
            if (candidate.Reason != TouchReason.Credited)
                continue;
            GroupShare share = view.ShareOf(candidate, conversion);
            if (!earned.TryGetValue(row, out List<Earned>? sums))
                earned.Add(row, sums = []);
            int at = sums.FindIndex(x => x.Currency == share.Currency);
            if (at < 0)
            {
                at = sums.Count;
                sums.Add(new(share.Currency, 0, 0, 0, 0));
            }
            Earned sum = sums[at];
            sums[at] = new(
                sum.Currency,
                sum.Credited + 1,
                checked(sum.Minor + candidate.Minor),
                checked(sum.Net + candidate.Net),
                checked(sum.Value + share.Value)
            );
        }
    }

    /// <summary>All cases were taken in.</summary>
    public void Seal()
    {
        foreach (List<Earned> sums in earned.Values)
            sums.Sort((x, y) => string.CompareOrdinal(PlaceOf(x), PlaceOf(y)));
    }

    // Conversions without value come last: what a touch earned stands in the columns before all others.
    private static string PlaceOf(Earned sum) => sum.Currency == 0 ? "~" : CreditRows.CodeOf(sum.Currency);

    /// <summary>What a touch earned, by currency; none: it is no positive.</summary>
    public IReadOnlyList<Earned> EarnedBy(int row) => earned.TryGetValue(row, out List<Earned>? sums) ? sums : [];

    /// <summary>Conversions of its customer that followed within its campaign's longest window, whoever earned them.</summary>
    public int FollowedBy(int row) => followed.GetValueOrDefault(row);

    /// <summary>The longest window of any version of a rule that can cover a campaign, milliseconds; -1: none can.</summary>
    public long WindowOf(string campaign)
    {
        if (!windows.TryGetValue(campaign, out long window))
            windows[campaign] = window = view
                .Rules.Where(rule => rule.Campaign == campaign || rule.Campaign == AttributionRule.Others)
                .Select(rule => rule.LongestWindowMs)
                .DefaultIfEmpty(-1)
                .Max();
        return window;
    }

    /// <summary>How much is known of what becomes of a touch.</summary>
    public OutcomeState StateOf(long time, string campaign, bool isSomebodys)
    {
        long window = WindowOf(campaign);
        long watermark = view.Watermark ?? long.MinValue;
        return !isSomebodys ? OutcomeState.Nobody
            : window < 0 ? OutcomeState.Uncovered
            : watermark - time <= window ? OutcomeState.Open
            : watermark - view.HorizonMs - time <= window ? OutcomeState.Late
            : OutcomeState.Final;
    }
}
