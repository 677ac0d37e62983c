using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What only a touch's event tells.</summary>
/// <param name="Creative">Empty if the event names none.</param>
public readonly record struct TouchTexts(string Creative, string Placement)
{
    public static TouchTexts Of(in EventRecord record) =>
        new(record.Text(EventField.Creative) ?? "", record.Text(EventField.Placement) ?? "");
}

/// <summary>Adds up the current credit of a service's conversions, case by case in any order.</summary>
public sealed class CreditTally(CreditView view, CreditReportOptions options)
{
    private readonly ReportCase one = new();
    private readonly HashSet<string> credited = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> statuses = new(StringComparer.Ordinal);

    public CreditCube Cube { get; } = new(options);

    /// <summary>The first instant of conversions that the report reads.</summary>
    public long From => options.From;

    /// <summary>The first instant after them: by touch date, as far as windows reach.</summary>
    public long To =>
        options.Date == ReportDate.Touch && options.To < long.MaxValue - view.LongestWindowMs
            ? options.To + view.LongestWindowMs
            : options.To;

    /// <summary>Whether a report reads what only a candidate's event tells.</summary>
    public static bool IsAsked(in Candidate candidate) =>
        candidate.Rank > 0 || candidate.Reason == TouchReason.Credited;

    /// <summary>Takes a conversion's current case in.</summary>
    /// <param name="texts">Of the touches that <see cref="IsAsked"/> names, by position; null if the report does not ask for them.</param>
    /// <exception cref="ReportTooLargeException">There are too many rows.</exception>
    public void Add(ConversionCase conversion, IReadOnlyDictionary<long, TouchTexts>? texts)
    {
        Fill(one, view, conversion, texts);
        if (
            (options.Conversion is null || options.Conversion == conversion.Kind)
            && (options.Date == ReportDate.Touch || options.Covers(conversion.Time))
        )
        {
            string status = JsonNamingPolicy.SnakeCaseLower.ConvertName(conversion.Status.ToString());
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }
        Cube.Add(one);
    }

    /// <summary>The report of all that was taken in.</summary>
    public CreditReport Finish(SpendBook spend)
    {
        CreditRows rows = new(Cube, spend, new(view.Watermark, view.Position, view.HorizonMs));
        return new(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(options.Date.ToString()),
            [.. options.By.Select(part => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString()))],
            Text(options.From),
            Text(options.To),
            view.Watermark is { } time ? EventTime.ToText(time) : null,
            view.Position,
            view.IsSettled,
            statuses,
            rows.Totals,
            rows.Rows
        );
    }

    /// <summary>A case as reports read it.</summary>
    internal void Fill(
        ReportCase target,
        CreditView from,
        ConversionCase conversion,
        IReadOnlyDictionary<long, TouchTexts>? texts
    )
    {
        target.Clear();
        target.Time = conversion.Time;
        target.Kind = conversion.Kind;
        target.Currency = conversion.Currency;
        target.NetValue = Math.Max(0, conversion.Minor - conversion.Refunded);
        credited.Clear();
        foreach (Candidate candidate in conversion.Candidates)
        {
            if (!IsAsked(candidate))
                continue;
            GroupShare share = from.ShareOf(candidate, conversion);
            TouchTexts text = texts?.GetValueOrDefault(candidate.Position) ?? new("", "");
            bool isCredited = candidate.Reason == TouchReason.Credited;
            if (isCredited)
                credited.Add(share.Group ?? "");
            target.Touches.Add(
                new()
                {
                    Time = candidate.Time,
                    Campaign = candidate.Campaign,
                    Channel = candidate.Channel ?? "",
                    Kind = candidate.Kind,
                    Creative = text.Creative ?? "",
                    Placement = text.Placement ?? "",
                    IsOnPath = candidate.Rank > 0,
                    IsCredited = isCredited,
                    Rule = candidate.Rule < 0 ? null : from.RuleOf(conversion.Rules[candidate.Rule]),
                    Weight = candidate.Weight,
                    Weights = share.Weights,
                    Minor = candidate.Minor,
                    Net = candidate.Net,
                    Currency = share.Currency,
                }
            );
        }
        foreach (GroupShare share in conversion.Shares)
            target.Rests.Add(
                new(share.Currency, share.Unattributed, share.NetUnattributed, !credited.Contains(share.Group))
            );
    }

    private static string? Text(long time) => EventTime.IsInRange(time) ? EventTime.ToText(time) : null;
}
