namespace Throughline.Core.Attribution.Models;

/// <summary>A window whose length changed in the course of time: the one that holds at the conversion's instant counts.</summary>
public static class DatedWindows
{
    /// <summary>
    /// Whether a conversion is at most the window in force after <paramref name="touch"/>. Versions in order of their start; a
    /// version holds from its start on. Times and windows in one unit.
    /// </summary>
    public static bool Holds(IReadOnlyList<(long From, long Window)> versions, long touch, long conversion)
    {
        long age = conversion - touch;
        for (int i = versions.Count - 1; i >= 0; i--)
            if (versions[i].From <= conversion)
                return age >= 0 && age <= versions[i].Window;
        return false;
    }
}
