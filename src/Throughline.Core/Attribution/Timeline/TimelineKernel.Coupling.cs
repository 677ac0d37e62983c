using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>What credit finally given to earlier conversions leaves to later ones. It works forward in (time, id) alone.</summary>
public sealed partial class TimelineKernel
{
    private readonly Dictionary<(int Campaign, int Kind), int> lastWin = [];
    private readonly List<(long Time, ulong Order, ulong Key, int Before)> wins = [];
    private readonly HashSet<(int Touch, int Kind)> earned = [];
    private int[] used = [];

    private void Forget(int touches)
    {
        lastWin.Clear();
        wins.Clear();
        earned.Clear();
        if (used.Length < touches)
            used = new int[Math.Max(touches, used.Length * 2)];
        used.AsSpan(0, touches).Clear();
    }

    private void TestCoupled(
        in TimelineConversion conversion,
        in TimelineTouch touch,
        int number,
        int rule,
        ref TouchReason reason,
        ref uint failed
    )
    {
        AttributionRule limits = plans[rule].Rule;
        int win = lastWin.GetValueOrDefault((touch.Campaign, conversion.Kind), -1);
        if (win >= 0)
        {
            if (limits.Dedup != DedupKey.Event && IsDuplicate(conversion, rule, win))
                Note(TouchReason.DuplicateKey, ref reason, ref failed);
            if (limits.CooldownMs > 0 && conversion.Time - wins[win].Time < limits.CooldownMs)
                Note(TouchReason.Cooldown, ref reason, ref failed);
            if (limits.Reuse == TouchReuse.Cycle && touch.Time <= wins[win].Time)
                Note(TouchReason.BeforeCycle, ref reason, ref failed);
        }
        if (limits.Reuse == TouchReuse.Once && used[number] > 0)
            Note(TouchReason.Used, ref reason, ref failed);
        if (limits.Counting == Counting.OnePerTouch && earned.Contains((number, conversion.Kind)))
            Note(TouchReason.CountedOnce, ref reason, ref failed);
        if (limits.ConversionsPerTouch is { } most && used[number] >= most)
            Note(TouchReason.ConversionCap, ref reason, ref failed);
    }

    private bool IsDuplicate(in TimelineConversion conversion, int rule, int win)
    {
        ulong key = KeyOf(conversion, rule);
        if (key == 0)
            return false;
        bool isOrder = plans[rule].Rule.Dedup == DedupKey.Order;
        long within = plans[rule].Rule.DedupWithinMs;
        for (; win >= 0 && conversion.Time - wins[win].Time < within; win = wins[win].Before)
            if ((isOrder ? wins[win].Order : wins[win].Key) == key)
                return true;
        return false;
    }

    // A campaign won a conversion; told once for each campaign of a path.
    private void Remember(in TimelineConversion conversion, int campaign, int rule)
    {
        (int, int) who = (campaign, conversion.Kind);
        int before = lastWin.GetValueOrDefault(who, -1);
        ulong key = plans[rule].Rule.Dedup == DedupKey.Expression ? KeyOf(conversion, rule) : 0;
        lastWin[who] = wins.Count;
        wins.Add((conversion.Time, conversion.Order, key, before));
    }

    private void Use(int touch, int kind)
    {
        used[touch]++;
        earned.Add((touch, kind));
    }
}
