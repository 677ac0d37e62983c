namespace Throughline.Core.Attribution.Reports;

/// <summary>Whose day a report adds up by. Words of questions: <c>conversion</c>, <c>touch</c>.</summary>
public enum ReportDate : byte
{
    Conversion = 0,

    /// <summary>Grows until the windows of the rules have passed.</summary>
    Touch = 1,
}

/// <summary>What a report is split by, in the order of its columns.</summary>
public enum ReportPart : byte
{
    Campaign = 0,
    Channel = 1,
    Creative = 2,
    Placement = 3,

    /// <summary>Of the touch: <c>click</c>, <c>view</c>, a nurturing event's name.</summary>
    Kind = 4,

    /// <summary>The kind of the conversion: <c>purchase</c>.</summary>
    Conversion = 5,
}

/// <summary>What a report is asked for.</summary>
/// <param name="By">Each once, ascending; none: everything in one.</param>
/// <param name="ByDay">Days apart, else all of them together.</param>
/// <param name="From">First instant that counts, of conversions or touches as <paramref name="Date"/> says; milliseconds since 1970.</param>
/// <param name="To">First instant after it.</param>
/// <param name="Conversion">Conversions of this kind alone; null: of all.</param>
public sealed record CreditReportOptions(
    ReportDate Date,
    IReadOnlyList<ReportPart> By,
    bool ByDay = true,
    long From = long.MinValue,
    long To = long.MaxValue,
    string? Conversion = null
)
{
    public const long DayMs = 86_400_000;

    /// <summary>Rows that a report holds at most: memory and answer stay bounded.</summary>
    public const int RowsMax = 100_000;

    /// <summary>Whether creative or placement is asked for, which only events tell.</summary>
    public bool NeedsEvents => By.Contains(ReportPart.Creative) || By.Contains(ReportPart.Placement);

    /// <summary>Whether an instant counts.</summary>
    public bool Covers(long time) => From <= time && time < To;

    /// <summary>The day of an instant, since 1970, UTC; <see cref="CreditKey.AllDays"/> if days are not told apart.</summary>
    public int DayOf(long time) => ByDay ? (int)((time >= 0 ? time : time - (DayMs - 1)) / DayMs) : CreditKey.AllDays;
}

/// <summary>A report would have more than <see cref="CreditReportOptions.RowsMax"/> rows, or a list of paths too many.</summary>
public sealed class ReportTooLargeException(string message) : Exception(message);
