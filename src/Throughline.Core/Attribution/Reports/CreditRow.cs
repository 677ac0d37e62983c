using System.Text.Json.Serialization;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What became of a row's figures.</summary>
public enum RowStatus : byte
{
    /// <summary>No event can come any more that counts for it; refunds, labels, merges and restating rules still change it.</summary>
    Final = 0,

    /// <summary>Events that count for it may still come.</summary>
    Open = 1,

    /// <summary>What nobody earned.</summary>
    Unattributed = 2,
}

/// <summary>A row of a report. Names are there as far as the report is split by them; money is in minor units of the row's currency.</summary>
/// <param name="Date">The day, UTC; null if days are not told apart.</param>
/// <param name="Currency">ISO 4217; empty for conversions without value, and for rows that only tell of touches.</param>
/// <param name="Touches">Credited ones.</param>
/// <param name="Conversions">Those that one of the touches earned something of; of <c>unattributed</c> those that left something.</param>
/// <param name="AttributedConversions">Shares of conversions by the models, added up, to nine digits.</param>
/// <param name="Minor">Credit after refunds.</param>
/// <param name="SpendMinor">Cost; null where nothing is known of it.</param>
/// <param name="CpaMinor">Cost by attributed conversion, to a hundredth.</param>
/// <param name="Roas">Credit after refunds by cost, to a ten-thousandth.</param>
/// <param name="Rules">Rules that gave the credit: <c>CAMPAIGN/KIND@VERSION</c>.</param>
/// <param name="Models">Their models.</param>
/// <param name="Window">The longest of their windows; empty without rules.</param>
/// <param name="AsOf">The event time that the figures are of; null before the first event.</param>
/// <param name="LastConversions">Conversions of whose path it is the last touch.</param>
/// <param name="AssistedConversions">Conversions on whose path it stands before the last touch.</param>
/// <param name="AssistedMinor">What those were worth after refunds.</param>
/// <param name="CreditedMinor">Credit before refunds.</param>
/// <param name="RefundedMinor">What refunds took of it.</param>
/// <param name="Delivery">Touches that were told of; null of all rows of one date and names but the first, so that columns add up.</param>
/// <param name="AsOfPosition">The position of the log that the figures are of; null of files.</param>
public sealed record CreditRow(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Date,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Campaign,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Channel,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Creative,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Placement,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Conversion,
    string Currency,
    long Touches,
    long Conversions,
    decimal AttributedConversions,
    long Minor,
    long? SpendMinor,
    decimal? CpaMinor,
    decimal? Roas,
    IReadOnlyList<string> Rules,
    IReadOnlyList<string> Models,
    string Window,
    string? AsOf,
    string Status,
    long LastConversions,
    long AssistedConversions,
    long AssistedMinor,
    long CreditedMinor,
    long RefundedMinor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TouchCounts? Delivery,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? AsOfPosition
)
{
    public string? this[ReportPart part] =>
        part switch
        {
            ReportPart.Campaign => Campaign,
            ReportPart.Channel => Channel,
            ReportPart.Creative => Creative,
            ReportPart.Placement => Placement,
            ReportPart.Kind => Kind,
            _ => Conversion,
        };
}

/// <summary>Touches that were told of, credited or not, by their own day.</summary>
/// <param name="Touches">All of the next four.</param>
/// <param name="Other">Nurturing events.</param>
/// <param name="Invalid">Of bots and machines: in none of the others.</param>
public sealed record TouchCounts(long Touches, long Impressions, long Views, long Clicks, long Other, long Invalid);

/// <summary>All rows of one currency together.</summary>
/// <param name="ValueMinor">What the conversions of the time were worth, once for each exclusivity group; null of a report by touch date, which knows only what touches earned.</param>
/// <param name="UnattributedMinor">What of it nobody earned, before refunds.</param>
/// <param name="UnattributedNetMinor">The same after refunds.</param>
public sealed record CreditTotal(
    string Currency,
    long? ValueMinor,
    long CreditedMinor,
    long RefundedMinor,
    long Minor,
    long UnattributedMinor,
    long UnattributedNetMinor,
    decimal AttributedConversions,
    long? SpendMinor,
    decimal? CpaMinor,
    decimal? Roas
);

/// <summary>What touches earned and cost.</summary>
/// <param name="Date">Whose day: <c>conversion</c> or <c>touch</c>.</param>
/// <param name="By">What the rows are split by.</param>
/// <param name="From">The first instant that counts.</param>
/// <param name="To">The first instant after it.</param>
/// <param name="AsOf">The greatest event time that the figures know.</param>
/// <param name="AsOfPosition">They are of all events before this position.</param>
/// <param name="Settled">No conversion waits to be evaluated again.</param>
/// <param name="Statuses">Conversions that were looked at, by what became of them.</param>
public sealed record CreditReport(
    string Date,
    IReadOnlyList<string> By,
    string? From,
    string? To,
    string? AsOf,
    long AsOfPosition,
    bool Settled,
    IReadOnlyDictionary<string, long> Statuses,
    IReadOnlyList<CreditTotal> Totals,
    IReadOnlyList<CreditRow> Rows
);
