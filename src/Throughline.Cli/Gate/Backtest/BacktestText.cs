using System.Globalization;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Backtest;

namespace Throughline.Cli.Gate.Backtest;

/// <summary>A backtest for people to read.</summary>
internal static class BacktestText
{
    public static void Print(ICommandOutput output, BacktestReport report)
    {
        Line(
            $"{report.Requests:N0} requests of {report.Addresses:N0} addresses; the draft flags {report.FlaggedRequests:N0}{TodayOf(report)}."
        );
        foreach ((string rule, BacktestRule found) in report.ByRule.Where(x => x.Value.Hits > 0))
        {
            Line(
                $"  {rule, -40} {found.Hits, 9:N0} requests {found.Addresses, 7:N0} addresses{CustomersOf(found)}; declared bots: precision {found.Precision:P1}, recall {found.Recall:P1}"
            );
            Print("labels", found.Labels.Analyst);
            Print("honeypots", found.Labels.Honeypot);
        }
        foreach ((string rule, BacktestRule found) in report.ByRule.Where(x => x.Value.Lacked.Count > 0))
            Line(
                $"  {rule} needs what this traffic lacks: {string.Join(", ", found.Lacked.Select(x => $"{x.Key} ({x.Value} requests)"))}"
            );
        if (report.Differences is { } differences)
            Line($"{differences:N0} requests come out differently.");
        foreach (BacktestSample sample in report.Samples)
        {
            Line($"  {sample.Today} -> {sample.Draft}: {sample.Line}");
            foreach (BacktestMatch match in sample.BecauseToday)
                Line($"      today {match.Rule}: {match.Because}");
            foreach (BacktestMatch match in sample.RulesDraft)
                Line($"      draft {match.Rule}: {match.Because}");
        }

        void Print(string of, LabelFigure? figure)
        {
            if (figure is not null && figure.BotsHit + figure.HumansHit > 0)
                Line($"    {of}: {figure.BotsHit} of {figure.Bots} bots, {figure.HumansHit} of {figure.Humans} people");
        }

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
    }

    private static string CustomersOf(BacktestRule rule) =>
        rule.Customers is { } customers
            ? string.Create(CultureInfo.InvariantCulture, $" {customers:N0} customers")
            : "";

    private static string TodayOf(BacktestReport report) =>
        report.FlaggedToday is { } today
            ? string.Create(CultureInfo.InvariantCulture, $", today's rules {today:N0}")
            : "";
}
