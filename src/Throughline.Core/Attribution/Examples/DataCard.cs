namespace Throughline.Core.Attribution.Examples;

/// <summary>What is in a set of examples, and how it was made.</summary>
/// <param name="Schema">Of the columns: another number, other columns.</param>
/// <param name="From">The first instant that was asked for; null: from the beginning.</param>
/// <param name="To">The first instant after it.</param>
/// <param name="First">Time of the first touch that could become an example.</param>
/// <param name="Last">Time of the last.</param>
/// <param name="AsOf">The greatest event time that is known.</param>
/// <param name="AsOfPosition">All events before it are known.</param>
/// <param name="Settled">No conversion waits to be evaluated again.</param>
/// <param name="Horizon">How much later than the last event one may still be told of.</param>
/// <param name="Kinds">That were asked for; none: all.</param>
/// <param name="Campaign">That was asked for; null: all.</param>
/// <param name="Invalid">Touches of bots and machines are in it.</param>
/// <param name="OneIn">Of touches without credit so many are one.</param>
/// <param name="Seed">Chose which.</param>
/// <param name="Rules">Versions of rules that labels may come from: <c>CAMPAIGN/KIND@VERSION</c>.</param>
/// <param name="Split">Begin of the second period.</param>
public sealed record DataCard(
    int Schema,
    string? From,
    string? To,
    string? First,
    string? Last,
    string? AsOf,
    long AsOfPosition,
    bool Settled,
    string Horizon,
    IReadOnlyList<string> Kinds,
    string? Campaign,
    bool Invalid,
    int OneIn,
    long Seed,
    IReadOnlyList<string> Rules,
    string? Split,
    ExampleCounts Total,
    IReadOnlyDictionary<string, long> States,
    IReadOnlyList<CardEarned> Credit,
    IReadOnlyList<CardGroup> Campaigns,
    IReadOnlyList<CardGroup> ByKind,
    IReadOnlyList<CardPeriod> Periods,
    IReadOnlyList<CardPeriod> Days,
    IReadOnlyList<CardFeature> Features
)
{
    /// <summary>Of the columns that are written now.</summary>
    public const int CurrentSchema = 1;
}

/// <summary>Examples by label.</summary>
/// <param name="Rows">Of the file.</param>
/// <param name="Positive">Label 1.</param>
/// <param name="Negative">Label 0: rows.</param>
/// <param name="Unlabelled">Without label (the window is not over, or they cannot earn anything): rows.</param>
/// <param name="WeightedNegative">Touches that the negatives stand for: an estimate if some were left out.</param>
/// <param name="WeightedUnlabelled">The same of those without label.</param>
/// <param name="PositiveRate">Positives by labelled touches, weighted, to six digits; null without any.</param>
public sealed record ExampleCounts(
    long Rows,
    long Positive,
    long Negative,
    long Unlabelled,
    long WeightedNegative,
    long WeightedUnlabelled,
    decimal? PositiveRate
);

/// <summary>Credit of all examples in a currency, exact: touches with credit are all kept.</summary>
/// <param name="Credited">Credits: of each conversion its credited touches.</param>
public sealed record CardEarned(string Currency, long Credited, long CreditedMinor, long NetMinor);

/// <summary>Examples of a campaign, or of a kind of touch.</summary>
public sealed record CardGroup(string Name, ExampleCounts Counts, IReadOnlyList<CardEarned> Credit);

/// <summary>Examples of a time.</summary>
/// <param name="From">First instant, or the day.</param>
public sealed record CardPeriod(string From, ExampleCounts Counts);

/// <summary>A feature: what is missing, and whether it drifts from the first period to the second.</summary>
/// <param name="Missing">Share of weighted examples without a value in the first period, to six digits.</param>
/// <param name="MissingLater">The same of the second.</param>
/// <param name="Psi">Population stability index, to six digits; null if a period is empty.</param>
/// <param name="PsiByChance">What it would be about without any drift.</param>
/// <param name="Bins">That the index is over.</param>
public sealed record CardFeature(
    string Name,
    decimal? Missing,
    decimal? MissingLater,
    double? Psi,
    double? PsiByChance,
    int Bins
);
