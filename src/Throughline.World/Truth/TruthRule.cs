using Throughline.World.Marketing;

namespace Throughline.World.Truth;

/// <summary>One touch of a true person that names a campaign.</summary>
public readonly record struct TrueTouch(ulong Id, long Time, int Campaign, bool IsClick);

/// <summary>The part of a conversion's value that one touch earned, in minor units.</summary>
public readonly record struct TrueCredit(ulong Touch, long Minor)
{
    /// <summary>The touch's event id.</summary>
    public string TouchId => WorldIds.Event(Touch);
}

/// <summary>
/// The rule that says what each touch truly earned:
/// <list type="number">
/// <item>A touch is eligible if 0 &lt;= conversion - touch &lt;= its campaign's window.</item>
/// <item>All campaigns compete. The campaign of the best eligible touch wins: a click before anything else, then the latest.</item>
/// <item>Among the winner's eligible touches, <see cref="CreditModel.LastTouch"/> gives all to the latest of whatever kind;
/// <see cref="CreditModel.Linear"/> divides evenly, one more minor unit to each of the earliest until nothing is left.</item>
/// </list>
/// </summary>
public static class TruthRule
{
    /// <summary>
    /// The winner's number and the credits in the order of the touches, whose sum is the whole value; -1 and none if no touch is
    /// eligible.
    /// </summary>
    /// <param name="touches">The true person's touches up to the conversion, in time order, no two at one instant.</param>
    /// <param name="time">When the conversion happened, milliseconds since 1970.</param>
    /// <param name="minor">Its value in minor units.</param>
    public static (int Campaign, TrueCredit[] Credits) Credit(
        ReadOnlySpan<TrueTouch> touches,
        long time,
        long minor,
        IReadOnlyList<Campaign> campaigns
    )
    {
        int best = -1;
        for (int i = 0; i < touches.Length; i++)
        {
            if (!IsEligible(touches[i], time, campaigns))
                continue;
            if (best < 0 || touches[i].IsClick || !touches[best].IsClick)
                best = i;
        }
        if (best < 0)
            return (-1, []);
        Campaign winner = campaigns[touches[best].Campaign];
        List<TrueCredit> credits = [];
        foreach (TrueTouch touch in touches)
            if (touch.Campaign == winner.Index && IsEligible(touch, time, campaigns))
                credits.Add(new(touch.Id, 0));
        if (winner.Model == CreditModel.LastTouch)
            return (winner.Index, [credits[^1] with { Minor = minor }]);
        (long each, long over) = Math.DivRem(minor, credits.Count);
        for (int i = 0; i < credits.Count; i++)
            credits[i] = credits[i] with { Minor = each + (i < over ? 1 : 0) };
        return (winner.Index, [.. credits]);
    }

    private static bool IsEligible(in TrueTouch touch, long time, IReadOnlyList<Campaign> campaigns)
    {
        long age = time - touch.Time;
        return age >= 0 && age <= campaigns[touch.Campaign].WindowMs;
    }
}
