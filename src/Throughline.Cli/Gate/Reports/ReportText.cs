using System.Globalization;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Reports;

namespace Throughline.Cli.Gate.Reports;

/// <summary>A report for people to read.</summary>
internal static class ReportText
{
    public static void Print(ICommandOutput output, GateReport report)
    {
        TrafficFigures total = report.Total;
        Line(
            $"{report.From} to {report.To}: {total.Requests:N0} requests, {total.Flagged:N0} flagged, {total.Bypassed:N0} past the gate."
        );
        foreach ((string action, IReadOnlyDictionary<string, long> causes) in total.Decisions)
            if (causes.Count > 0)
                Line(
                    $"  {action, -10} {causes.Values.Sum(), 10:N0}  ({string.Join(", ", causes.Select(x => $"{x.Key} {x.Value}"))})"
                );
        Line($"  verdicts   {string.Join(", ", total.Verdicts.Select(x => $"{x.Key} {x.Value}"))}");
        if (report.Rules.Count > 0)
            Line($"{report.RulesMatched} rules matched:");
        foreach (RuleFigures rule in report.Rules)
            Line(
                $"  {rule.Rule, -40} {rule.Hits, 9:N0} hits {rule.Addresses, 7:N0} addresses, decided {rule.Decided:N0}{ChallengesOf(rule.Challenges)}{ShadowOf(rule)}"
            );
        Print("addresses", report.Groups.Addresses);
        Print("networks", report.Groups.Networks);
        Print("user agents", report.Groups.UserAgents);
        Print("paths", report.Groups.Paths);
        Print("hosts", report.Groups.Hosts);
        FalsePositiveFigures people = report.FalsePositives;
        Line(
            $"Refused {people.RefusedRequests:N0} requests of {people.Refused.Clients:N0} clients ({people.RefusedShare:P2}), {people.RefusedOfCustomers:N0} of them customers'."
        );
        Line(
            $"  later let through {people.Refused.AllowedLater:N0}, judged human {people.Refused.HumanLater:N0}, converted {people.Refused.ConvertedLater:N0} clients."
        );
        if (report.Challenges is { Issued: > 0 } or { Solved: > 0 } or { Failed: > 0 } or { Cleared: > 0 })
            Line(
                $"Challenges: {report.Challenges.Issued:N0} handed out, {report.Challenges.Solved:N0} solved, {report.Challenges.Failed:N0} refused, {report.Challenges.Replayed:N0} replayed, {report.Challenges.Looped:N0} let through by the loop guard; clearances spared {report.Challenges.Cleared:N0}."
            );
        Line(
            $"Latency p50 {report.Latency.P50} us, p99 {report.Latency.P99} us, p99.9 {report.Latency.P999} us, longest {report.Latency.Max} us."
        );
        if (report.Lost.Decisions > 0)
            Line($"{report.Lost.Decisions:N0} decisions were lost: their numbers are missing among the records.");
        if (report.Read.Unreadable > 0)
            Line($"{report.Read.Unreadable:N0} records could not be read: audit verify says more.");

        void Print(string name, TopGroup group)
        {
            if (group.Values.Count > 0)
                Line($"Top {name}{(group.ErrorMax > 0 ? $" (each up to {group.ErrorMax:N0} more)" : "")}:");
            foreach (TopValue value in group.Values.Take(5))
                Line($"  {value.Requests, 9:N0} requests, refused {value.Refused, 7:N0}: {value.Value}");
        }

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
    }

    private static string ChallengesOf(ChallengeFigures challenges) =>
        challenges.SolvedShare is not { } share
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; challenges solved {challenges.Solved:N0} of {challenges.Issued:N0} ({share:P1})"
            );

    private static string ShadowOf(RuleFigures rule) =>
        rule.Shadow.Hits == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; in shadow {rule.Shadow.Hits:N0} (allowed {rule.Shadow.Allowed:N0}, challenged {rule.Shadow.Challenged:N0}, denied {rule.Shadow.Denied:N0})"
            );
}
