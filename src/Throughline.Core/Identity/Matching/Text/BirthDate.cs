using System.Globalization;

namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// A birth date: year, month and day, 0 where unknown. Read are <c>1970-03-01</c>, <c>19700301</c>, <c>3/1/1970</c>, <c>1.3.70</c>,
/// <c>01-Mar-70</c>, <c>Mar 1 1970</c>, a date with a time after it, and a year alone. Of two numbers before the year one above 12
/// is the day; if both could be either, the order that the whole data set proves applies (<see cref="OrderOf"/>).
/// </summary>
/// <param name="Text">Digits in the order year, month, day; what an unreadable date has for digits.</param>
internal readonly record struct BirthDate(short Year, byte Month, byte Day, string Text)
{
    // Years of two digits up to this one are of this century. No clock: the same data must always read the same.
    private const int CenturyTurn = 29;
    private const int UnreadMin = 6;

    private static readonly string[] Months =
    [
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
        "dec",
    ];

    public bool IsWhole => Day != 0;

    /// <summary>Reads a date; null if there is none: fewer than six digits that are no date, or zeros alone.</summary>
    public static BirthDate? Parse(string text, bool dayFirst)
    {
        List<string> parts = Parts(text);
        if (parts.Count == 0 || !parts.Any(x => char.IsAsciiDigit(x[0])))
            return null;
        BirthDate? read = Read(parts, dayFirst);
        if (read is { } date)
            return date;
        string digits = string.Concat(parts.Where(x => char.IsAsciiDigit(x[0])));
        bool isNone = digits.Length < UnreadMin || !digits.AsSpan().ContainsAnyExcept(digits[0]);
        return isNone ? null : new(0, 0, 0, digits.Length > 8 ? digits[..8] : digits);
    }

    /// <summary>What a text proves about the order of day and month: 1 the day is first, -1 the month is, 0 nothing.</summary>
    public static int OrderOf(string text)
    {
        List<string> parts = Parts(text);
        if (parts.Count != 3 || !parts.All(x => x.Length <= 4 && char.IsAsciiDigit(x[0])) || parts[0].Length > 2)
            return 0;
        int first = Number(parts[0]);
        int second = Number(parts[1]);
        return first > 12 && second <= 12 ? 1
            : second > 12 && first <= 12 ? -1
            : 0;
    }

    private static BirthDate? Read(List<string> parts, bool dayFirst)
    {
        if ((parts[0].Length == 8 && char.IsAsciiDigit(parts[0][0])) || parts.Count == 1)
            return parts[0].Length switch
            {
                8 => Whole(Number(parts[0][..4]), Number(parts[0][4..6]), Number(parts[0][6..])),
                4 => Number(parts[0]) is >= 1000 and <= 2999 and int year
                    ? new(checked((short)year), 0, 0, parts[0])
                    : null,
                _ => null,
            };
        if (parts.Count != 3)
            return null;
        int named = parts.FindIndex(x => MonthOf(x) > 0);
        if (named >= 0)
        {
            List<string> others = [.. parts.Where((_, i) => i != named)];
            if (!others.All(x => char.IsAsciiDigit(x[0])))
                return null;
            bool yearFirst = others[0].Length > 2;
            return Whole(YearOf(others[yearFirst ? 0 : 1]), MonthOf(parts[named]), Number(others[yearFirst ? 1 : 0]));
        }
        if (!parts.All(x => char.IsAsciiDigit(x[0])))
            return null;
        if (parts[0].Length > 2)
            return Whole(YearOf(parts[0]), Number(parts[1]), Number(parts[2]));
        int first = Number(parts[0]);
        int second = Number(parts[1]);
        bool isDayFirst = first > 12 || (dayFirst && second <= 12);
        return Whole(YearOf(parts[2]), isDayFirst ? second : first, isDayFirst ? first : second);
    }

    private static BirthDate? Whole(int year, int month, int day)
    {
        if (year is < 1000 or > 2999 || month is < 1 or > 12 || day is < 1 or > 31)
            return null;
        string text = string.Create(CultureInfo.InvariantCulture, $"{year:0000}{month:00}{day:00}");
        return new((short)year, (byte)month, (byte)day, text);
    }

    private static int YearOf(string part) =>
        part.Length > 2 ? Number(part)
        : Number(part) <= CenturyTurn ? 2000 + Number(part)
        : 1900 + Number(part);

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static int MonthOf(string word) =>
        word.Length < 3 ? 0 : Array.FindIndex(Months, x => word.StartsWith(x, StringComparison.Ordinal)) + 1;

    // Runs of digits or of letters; a time of day and what follows it are left out.
    private static List<string> Parts(string text)
    {
        List<string> parts = [];
        string folded = PlainText.Fold(text.Trim());
        int i = 0;
        while (i < folded.Length && parts.Count < 3)
        {
            int start = i;
            bool digit = char.IsAsciiDigit(folded[i]);
            while (
                i < folded.Length
                && (digit ? char.IsAsciiDigit(folded[i]) : char.IsAsciiLetter(folded[i]))
                && i - start < 12
            )
                i++;
            if (i == start)
                i++;
            else if (digit && i - start > 8)
                return [];
            else if (digit || i - start >= 3)
                parts.Add(folded[start..i]);
        }
        return parts;
    }
}
