using Throughline.Core.Gate.Reports;

namespace Throughline.Core.Gate.Backtest;

/// <summary>Counts what is labelled, and what of it was matched.</summary>
internal sealed class LabelTally
{
    private long bots;
    private long humans;

    public long Matched { get; private set; }
    public long Declared { get; private set; }

    public void Add(bool isDeclared, bool? analyst)
    {
        Matched++;
        Declared += isDeclared ? 1 : 0;
        bots += analyst == true ? 1 : 0;
        humans += analyst == false ? 1 : 0;
    }

    /// <summary>The figures.</summary>
    /// <param name="all">Everything that is labelled.</param>
    /// <param name="addresses">Whose requests matched.</param>
    /// <param name="trapped">Addresses that asked for a honeypot; null: there are no honeypots.</param>
    public LabelFigures Figures(
        TrafficLabels labels,
        LabelTally all,
        KeySample<bool> addresses,
        KeySample<bool>? trapped
    ) =>
        new(
            labels.Count == 0 ? null : Figure(all.bots, all.humans, bots, humans, knowsPeople: true),
            trapped is null ? null : Trapped(addresses, trapped)
        );

    private static LabelFigure Trapped(KeySample<bool> addresses, KeySample<bool> trapped)
    {
        int level = Math.Max(addresses.Level, trapped.Level);
        long hit = trapped.Kept.Keys.LongCount(x => KeySample<bool>.Keeps(level, x) && addresses.Kept.ContainsKey(x));
        long all =
            level == trapped.Level
                ? trapped.Distinct
                : trapped.Kept.Keys.LongCount(x => KeySample<bool>.Keeps(level, x)) << level;
        return Figure(all, 0, hit << level, 0, knowsPeople: false);
    }

    private static LabelFigure Figure(long bots, long humans, long botsHit, long humansHit, bool knowsPeople) =>
        new(
            bots,
            humans,
            botsHit,
            humansHit,
            knowsPeople ? ShareOf(botsHit, botsHit + humansHit) : null,
            ShareOf(botsHit, bots)
        );

    public static double? ShareOf(long part, long all) =>
        all == 0 ? null : Math.Round((double)part / all, 4, MidpointRounding.ToEven);
}
