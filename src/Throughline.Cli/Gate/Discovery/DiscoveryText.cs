using System.Globalization;
using Throughline.Cli.Gate.Replay;
using Throughline.Cli.Output;
using Throughline.Core.Gate.Discovery;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>Proposals for people to read.</summary>
internal static class DiscoveryText
{
    public static void Print(ICommandOutput output, DiscoveryReport report)
    {
        Line(
            $"{report.Requests:N0} requests of {report.Visitors:N0} visitors; the rules in force flag {report.FlaggedRequests:N0}."
        );
        if (report.Split is { } split)
            Line(
                $"Looked for on {split.Training} {split.Unit}s, held out {split.HeldOut} (from {split.HeldOutFrom}); tried {report.Tried:N0} rules, {report.Passed:N0} passed, {report.TriedHeldOut} went to the held-out {split.Unit}s."
            );
        if (report.Why is { } why)
            Line($"Nothing is proposed. {why}");
        foreach (ProposalReport proposal in report.Proposals)
            Print(output, proposal);
        if (report.Drifts.Count > 0)
            Line($"New or rising (visitors a {report.Split?.Unit}, before -> after; no proposals):");
        foreach (Drift drift in report.Drifts)
            Line(
                $"  {drift.Kind} {drift.Value}: {drift.Before} -> {drift.After}, {(drift.People is { } people ? string.Create(CultureInfo.InvariantCulture, $"as people in {people:P0}") : "too few to tell")}"
            );
        if (report.Truth is { } truth)
        {
            Line(
                $"Against the truth, held-out days: precision {truth.All.Precision ?? 1:P2}, {truth.All.People:N0} people hit in {truth.All.PeoplesRequests:N0} events."
            );
            foreach ((string family, FamilyFigures figures) in truth.Families)
                Line($"  {family}: {figures.Recall:P1} of {figures.Requests:N0} requests");
        }
        if (report.Rejected > 0)
            Line($"{report.Rejected:N0} lines rejected.");

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
    }

    private static void Print(ICommandOutput output, ProposalReport of)
    {
        Line($"");
        Line($"{of.Rule}: {of.When}");
        Line($"  requests {of.Says}");
        Line(
            $"  matches {of.Requests:N0} requests ({of.HeldOutRequests:N0} held out) of {of.Visitors:N0} visitors, {of.Addresses:N0} addresses; {of.FlaggedRequests:N0} flagged already"
        );
        Print("looked for", of.Training);
        Print("held out", of.HeldOut);
        if (of.LabelledPrecision is { } labels)
            Line(
                $"  labels: {labels.Bots:N0} bots, {labels.Humans:N0} people: precision {labels.Precision:P1} ({labels.Low:P1} to {labels.High:P1})"
            );
        if (of.Overlap.Count > 0)
            Line(
                $"  overlaps with {string.Join(", ", of.Overlap.OrderByDescending(x => x.Value).Take(5).Select(x => $"{x.Key} ({x.Value})"))}"
            );
        Line(
            $"  conversions at risk: {of.Conversions.Count:N0}{(of.Conversions.Values.Count > 0 ? ", " + string.Join(", ", of.Conversions.Values.Values) : "")}; refunded {of.Conversions.Refunded:N0}"
        );
        if (of.Truth is { } truth)
            Line(
                $"  truth, held out: precision {truth.Precision:P2}; {string.Join(", ", truth.Families.Select(x => $"{x.Key} {x.Value}"))}; {truth.PeoplesRequests} of {truth.People} people"
            );
        foreach (string sample in of.Samples)
            Line($"    {sample}");

        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));

        void Print(string days, EvidenceReport evidence) =>
            Line(
                $"  {days}: of {evidence.Visitors:N0} visitors in {evidence.Networks:N0} networks, {evidence.SignsExpected:N0} would have {of.JudgedBy} if they were people; {evidence.SignsShown:N0} did: precision {evidence.Precision:P1} ({evidence.Low:P1} to {evidence.High:P1}), {(evidence.PValue > 0 ? string.Create(CultureInfo.InvariantCulture, $"p <= {evidence.PValue:0.0e0}") : "p < 1e-300")}"
            );
    }
}
