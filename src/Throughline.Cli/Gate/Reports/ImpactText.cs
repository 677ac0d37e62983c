using System.Globalization;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Trials;

namespace Throughline.Cli.Gate.Reports;

/// <summary>An impact report for people to read.</summary>
internal static class ImpactText
{
    public static void Print(ICommandOutput output, ImpactReport report)
    {
        Line(
            $"{report.From} to {report.To}, {(report.Source == "draft" ? "a draft tried on" : "as recorded in")} {report.Decisions:N0} decisions; conversions up to {TimeSpan.FromSeconds(report.WindowSeconds).TotalDays:0.##} days after a hit."
        );
        foreach (RuleImpact rule in report.Rules)
        {
            Line($"{rule.Rule} ({rule.Mode}, {rule.Action}):");
            Print(rule.Hit);
            if (rule.Holdout is { } holdout)
                Compare(holdout);
        }
        if (report.Rules.Count != 1)
        {
            Line($"Together:");
            Print(report.Together);
        }
        if (report.Credit is { MovedConversions: { } moved } credit)
        {
            Line(
                $"Were the {credit.Touches:N0} touches of those who were hit a bot's, {moved:N0} conversions would move:"
            );
            foreach (CreditMove move in credit.Campaigns)
                Line(
                    $"  {move.Campaign, -30} {Money(move.Before, move.Currency)} -> {Money(move.After, move.Currency)}"
                );
            foreach (CreditMove move in credit.Unattributed)
                Line($"  {"nobody's", -30} {Money(move.Before, move.Currency)} -> {Money(move.After, move.Currency)}");
        }
        else if (report.Credit is { } many)
            Line($"{many.Touches:N0} touches are too many to rehearse: ask for one rule, or less time.");

        void Print(HitFigures hit)
        {
            Line(
                $"  hit {hit.Hits:N0} requests, {hit.Sessions:N0} sessions of {hit.Clients:N0} clients, {hit.Customers:N0} customers; later converted: {hit.SessionsConverted:N0} sessions, {hit.CustomersConverted:N0} customers"
            );
            foreach (OutcomeFigures outcome in hit.Outcomes)
                Line(
                    $"    {outcome.Outcome, -9} {outcome.Conversions, 7:N0} conversions: {string.Join(", ", outcome.Values.Select(x => $"{Money(x.Minor, x.Currency)} (net {Money(x.NetMinor, x.Currency)})"))}"
                );
            if (hit.Samples.Count > 0)
                Line($"    such as {string.Join(", ", hit.Samples)}");
        }

        void Compare(HoldoutFigures holdout)
        {
            Line(
                $"  held out {holdout.Percent:0.##} % since {holdout.Since}: {Rate(holdout.Held)} held, {Rate(holdout.Treated)} treated"
            );
            Line(
                $"    the difference is {Text(holdout.Difference.Rate.Times(100), "0.00")} points; {holdout.Crossed:N0} units changed sides, {holdout.Open:N0} windows are open"
            );
            Line($"    kept from converting: {Text(holdout.Cost.Converted, "N1")} units");
            foreach (ValueInterval value in holdout.Cost.Values)
                Line(
                    $"    value not taken: {(value.Minor is { } minor ? Text(minor, "N0") : "too few to say")} minor units {value.Currency}"
                );
        }

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
    }

    private static string Rate(ArmFigures arm) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{arm.Converted:N0} of {arm.Units:N0} converted ({arm.Rate.Estimate:P2})"
        );

    /// <summary><c>12.3 [10.1, 14.5]</c></summary>
    public static string Text(Interval interval, string format) =>
        $"{Number(interval.Estimate, format)} [{Number(interval.Low, format)}, {Number(interval.High, format)}]";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Money(long minor, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{minor:N0} {(currency.Length == 0 ? "(no value)" : currency)}");
}
