using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Counters;

/// <summary>What a counter should give for one key, from all events that there ever were, the simple way.</summary>
internal sealed class NaiveCounter(CounterShape shape)
{
    private readonly List<(long Time, bool Holds, ulong Item, double Amount)> events = [];
    private long latest;

    /// <summary>Whether so many were in the window at once that it need no longer be exact.</summary>
    public bool IsApproximate { get; private set; }

    public void Add(long time, bool holds, ulong item, double amount)
    {
        long end = Math.Max(time, latest);
        if (Within(end, 0).Count == 0)
            IsApproximate = false;
        latest = end;
        events.Add((time, holds, item, amount));
        int kept =
            shape.Kind == CounterKind.Distinct ? Within(end, 0).DistinctBy(x => x.Item).Count() : Within(end, 0).Count;
        IsApproximate |= kept > (shape.Kind == CounterKind.Distinct ? 64 : 16);
    }

    /// <summary>The least and the greatest value allowed: equal while it is exact.</summary>
    public (double Least, double Greatest) Read(long time)
    {
        long end = Math.Max(time, latest);
        List<(long Time, bool Holds, ulong Item, double Amount)> exact = Within(end, 0);
        var wide = IsApproximate ? Within(end, shape.WindowMs / 50 - 1) : exact;
        return shape.Kind switch
        {
            CounterKind.Count => (exact.Count, wide.Count),
            CounterKind.Sum => (exact.Sum(x => x.Amount), wide.Sum(x => x.Amount)),
            CounterKind.Distinct => Spread(exact.DistinctBy(x => x.Item).Count(), wide.DistinctBy(x => x.Item).Count()),
            _ => (
                exact.Count(x => x.Holds) / Math.Max(1.0, wide.Count),
                wide.Count(x => x.Holds) / Math.Max(1.0, exact.Count)
            ),
        };
    }

    // Five times the standard error of the sketch.
    private (double Least, double Greatest) Spread(double least, double greatest) =>
        IsApproximate ? (Math.Floor(least * 0.918), Math.Ceiling(greatest * 1.082)) : (least, greatest);

    private List<(long Time, bool Holds, ulong Item, double Amount)> Within(long end, long longer) =>
        [.. events.Where(x => end - x.Time < shape.WindowMs + longer)];
}
