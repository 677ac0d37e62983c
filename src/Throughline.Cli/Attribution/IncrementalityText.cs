using System.Globalization;
using Throughline.Cli.Gate.Reports;
using Throughline.Cli.Output;
using Throughline.Core.Attribution.Incrementality;
using Throughline.Core.Trials;

namespace Throughline.Cli.Attribution;

/// <summary>A report of campaigns' experiments for people to read.</summary>
internal static class IncrementalityText
{
    public static void Print(ICommandOutput output, IncrementalityReport report)
    {
        if (report.Campaigns.Count == 0)
            Line($"No hold-out was declared from {report.From} to {report.To}.");
        foreach (CampaignIncrementality campaign in report.Campaigns)
        {
            Line(
                $"{campaign.Campaign}, since {campaign.Since}, conversions of {TimeSpan.FromSeconds(report.WindowSeconds).TotalDays:0.##} days:"
            );
            Line(
                $"  held    {campaign.Held.Converted:N0} of {campaign.Held.Units:N0} customers converted ({campaign.Held.Rate.Estimate:P2})"
            );
            Line(
                $"  treated {campaign.Treated.Converted:N0} of {campaign.Treated.Units:N0} customers converted ({campaign.Treated.Rate.Estimate:P2})"
            );
            Line($"  lift {ImpactText.Text(campaign.Lift.Rate.Times(100), "0.00")} points");
            Line($"  incremental: {ImpactText.Text(campaign.Incremental.Converted, "N1")} customers");
            if (campaign.Incremental.Conversions is { } conversions)
                Line(
                    $"    {ImpactText.Text(conversions, "N1")} conversions; rules credit the campaign in {campaign.AttributedConversions:N0}"
                );
            foreach (ValueInterval value in campaign.Incremental.Values)
                Line(
                    $"    {(value.Minor is { } minor ? ImpactText.Text(minor, "N0") : "too few to say")} minor units {value.Currency}; rules credit {campaign.Attributed.FirstOrDefault(x => x.Currency == value.Currency)?.Minor ?? 0:N0}"
                );
            if (campaign.Crossed + campaign.Unknown + campaign.Open > 0)
                Line(
                    $"  {campaign.Crossed:N0} customers in both arms, {campaign.Unknown:N0} declarations of nobody, {campaign.Open:N0} windows open"
                );
        }

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
    }
}
