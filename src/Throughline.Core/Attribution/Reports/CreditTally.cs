using System.Runtime.InteropServices;
using System.Text.Json;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution.Reports;

/// <summary>Adds up the current credit of a service's conversions, case by case in any order. Not for several threads: each has its own.</summary>
/// <param name="texts">What only events tell, if the report asks for it.</param>
public sealed class CreditTally(CreditView view, CreditReportOptions options, TouchTextTable? texts = null)
{
    private readonly ReportCase one = new();
    private readonly long[] statuses = new long[Enum.GetValues<ConversionStatus>().Length];

    // Of the conversion under way: by rule, what it is and the share that it competes for; by share, whether a touch earned of it.
    private readonly List<(AttributionRule? Rule, int Share)> rules = [];
    private readonly List<bool> credited = [];

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
    /// <exception cref="ReportTooLargeException">There are too many rows.</exception>
    public void Add(ConversionCase conversion)
    {
        Fill(one, conversion);
        if (
            (options.Conversion is null || options.Conversion == conversion.Kind)
            && (options.Date == ReportDate.Touch || options.Covers(conversion.Time))
        )
            statuses[(int)conversion.Status]++;
        Cube.Add(one);
    }

    /// <summary>Takes over what another has added up of other conversions, by the same options.</summary>
    public void Add(CreditTally other)
    {
        for (int i = 0; i < statuses.Length; i++)
            statuses[i] += other.statuses[i];
        Cube.Add(other.Cube);
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
            Statuses(),
            rows.Totals,
            rows.Rows
        );
    }

    // A case as reports read it.
    private void Fill(ReportCase target, ConversionCase conversion)
    {
        target.Clear();
        target.Time = conversion.Time;
        target.Kind = conversion.Kind;
        target.Currency = conversion.Currency;
        target.NetValue = Math.Max(0, conversion.Minor - conversion.Refunded);
        ReadOnlySpan<GroupShare> shares = CollectionsMarshal.AsSpan(conversion.Shares);
        Prepare(conversion);
        foreach (ref readonly Candidate candidate in CollectionsMarshal.AsSpan(conversion.Candidates))
        {
            if (!IsAsked(candidate))
                continue;
            (AttributionRule? rule, int place) = candidate.Rule < 0 ? (null, -1) : rules[candidate.Rule];
            TouchTexts text = texts is null ? TouchTexts.None : texts.Of(candidate.Position);
            bool isCredited = candidate.Reason == TouchReason.Credited;
            if (isCredited && place >= 0)
                credited[place] = true;
            target.Touches.Add(
                new()
                {
                    Time = candidate.Time,
                    Campaign = candidate.Campaign,
                    Channel = candidate.Channel ?? "",
                    Kind = candidate.Kind,
                    Creative = text.Creative,
                    Placement = text.Placement,
                    IsOnPath = candidate.Rank > 0,
                    IsCredited = isCredited,
                    Rule = rule,
                    Weight = candidate.Weight,
                    Weights = place < 0 ? 0 : shares[place].Weights,
                    Minor = candidate.Minor,
                    Net = candidate.Net,
                    Currency = place < 0 ? 0 : shares[place].Currency,
                }
            );
        }
        for (int i = 0; i < shares.Length; i++)
            target.Rests.Add(new(shares[i].Currency, shares[i].Unattributed, shares[i].NetUnattributed, !credited[i]));
    }

    private void Prepare(ConversionCase conversion)
    {
        rules.Clear();
        foreach (CaseRule named in conversion.Rules)
        {
            AttributionRule? rule = view.RuleOf(named);
            rules.Add((rule, PlaceOf(rule?.Group, CollectionsMarshal.AsSpan(conversion.Shares))));
        }
        credited.Clear();
        for (int i = 0; i < conversion.Shares.Count; i++)
            credited.Add(false);
    }

    private static int PlaceOf(string? group, ReadOnlySpan<GroupShare> shares)
    {
        for (int i = 0; i < shares.Length; i++)
            if (shares[i].Group == group)
                return i;
        return -1;
    }

    private SortedDictionary<string, long> Statuses()
    {
        SortedDictionary<string, long> found = new(StringComparer.Ordinal);
        foreach (ConversionStatus status in Enum.GetValues<ConversionStatus>())
            if (statuses[(int)status] is > 0 and long count)
                found[JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString())] = count;
        return found;
    }

    private static string? Text(long time) => EventTime.IsInRange(time) ? EventTime.ToText(time) : null;
}
