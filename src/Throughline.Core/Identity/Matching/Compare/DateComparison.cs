using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>Compares birth dates; levels in the order of <see cref="Comparisons"/>.</summary>
internal static class DateComparison
{
    private const int Swapped = 1;
    private const int Near = 2;
    private const int Parts = 3;
    private const int Year = 4;
    private const int Differ = 5;

    /// <summary>Two whole dates, or texts that could not be read as dates.</summary>
    public static int Level(BirthDate a, BirthDate b)
    {
        if (string.Equals(a.Text, b.Text, StringComparison.Ordinal))
            return 0;
        if (a.IsWhole && b.IsWhole && a.Year == b.Year && a.Month == b.Day && a.Day == b.Month)
            return Swapped;
        // One digit wrong, two neighbours exchanged, or another century.
        if (
            EditDistance.Within(a.Text, b.Text, 1) <= 1
            || (a.IsWhole && b.IsWhole && Math.Abs(a.Year - b.Year) == 100 && a.Month == b.Month && a.Day == b.Day)
        )
            return Near;
        if (!a.IsWhole || !b.IsWhole)
            return Differ;
        int same = (a.Year == b.Year ? 1 : 0) + (a.Month == b.Month ? 1 : 0) + (a.Day == b.Day ? 1 : 0);
        bool swappedNear = a.Month == b.Day && a.Day == b.Month && Math.Abs(a.Year - b.Year) <= 1;
        return same == 2 || swappedNear ? Parts
            : a.Year == b.Year ? Year
            : Differ;
    }

    /// <summary>Whether two whole dates may be one, misread.</summary>
    public static bool IsAlike(BirthDate a, BirthDate b) => Level(a, b) <= Parts;

    /// <summary>Dates of which one is a year alone.</summary>
    public static int YearLevel(BirthDate a, BirthDate b) =>
        Math.Abs(a.Year - b.Year) switch
        {
            0 => 0,
            1 => 1,
            _ => 2,
        };
}
