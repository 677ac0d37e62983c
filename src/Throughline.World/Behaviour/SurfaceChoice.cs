using Throughline.World.Population;

namespace Throughline.World.Behaviour;

/// <summary>Which of their surfaces a person takes.</summary>
internal static class SurfaceChoice
{
    /// <summary>By weight among those the person has on that day; for a push only apps, for a link in a mail no app. -1: none.</summary>
    public static int Pick(Census census, in Person person, int day, bool app, bool browser, ref Chance chance)
    {
        int sum = 0;
        foreach (SurfaceUse use in person.Uses)
            sum += Weight(use);
        if (sum == 0)
            return app ? Pick(census, person, day, false, browser, ref chance) : -1;
        int draw = chance.Below(sum);
        foreach (SurfaceUse use in person.Uses)
        {
            draw -= Weight(use);
            if (draw < 0)
                return use.Surface;
        }
        return -1;

        int Weight(in SurfaceUse use)
        {
            bool isApp = census.Surfaces[use.Surface].Kind == SurfaceKind.App;
            return use.Holds(day) && (!app || isApp) && (!browser || !isApp) ? use.Weight : 0;
        }
    }
}
