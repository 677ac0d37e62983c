using System.Globalization;
using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Gate.Reports;

namespace Throughline.Cli.Gate.Reports;

/// <summary>A report as files of comma-separated values (RFC 4180), one row a bucket, rule or value of a group.</summary>
internal static class ReportFiles
{
    private static readonly string[] Actions = ["allow", "tag", "challenge", "deny"];
    private static readonly string[] Verdicts = ["unknown", "human", "good_bot", "bot"];

    /// <exception cref="CommandException">A file cannot be written.</exception>
    public static void Write(string folder, GateReport report)
    {
        try
        {
            Directory.CreateDirectory(folder);
            WriteFile(folder, "traffic.csv", Traffic(report));
            WriteFile(folder, "rules.csv", Rules(report));
            WriteFile(folder, "groups.csv", Groups(report.Groups));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(folder, error);
        }
    }

    private static IEnumerable<object[]> Traffic(GateReport report)
    {
        yield return ["time", "requests", "bypassed", "flagged", .. Actions, .. Verdicts.Select(x => "verdict_" + x)];
        foreach (TrafficBucket bucket in report.Buckets)
            yield return
            [
                bucket.Time,
                bucket.Traffic.Requests,
                bucket.Traffic.Bypassed,
                bucket.Traffic.Flagged,
                .. Actions.Select(x => (object)bucket.Traffic.Decisions[x].Values.Sum()),
                .. Verdicts.Select(x => (object)bucket.Traffic.Verdicts[x]),
            ];
    }

    private static IEnumerable<object[]> Rules(GateReport report)
    {
        yield return
        [
            "rule",
            "mode",
            "action",
            "hits",
            "enforced",
            "decided",
            "addresses",
            "clients",
            "customers",
            "unjudged",
            "shadow_hits",
            "shadow_allowed",
            "shadow_challenged",
            "shadow_denied",
            "refused_clients",
            "refused_allowed_later",
            "refused_human_later",
            "refused_converted_later",
            "challenges_issued",
            "challenges_solved",
            "challenges_cleared",
        ];
        foreach (RuleFigures rule in report.Rules)
            yield return
            [
                rule.Rule,
                rule.Mode,
                rule.Action,
                rule.Hits,
                rule.Enforced,
                rule.Decided,
                rule.Addresses,
                rule.Clients,
                rule.Customers,
                rule.Unjudged,
                rule.Shadow.Hits,
                rule.Shadow.Allowed,
                rule.Shadow.Challenged,
                rule.Shadow.Denied,
                rule.Refused.Clients,
                rule.Refused.AllowedLater,
                rule.Refused.HumanLater,
                rule.Refused.ConvertedLater,
                rule.Challenges.Issued,
                rule.Challenges.Solved,
                rule.Challenges.Cleared,
            ];
    }

    private static IEnumerable<object[]> Groups(TopGroups groups)
    {
        yield return ["group", "value", "requests", "refused", "flagged"];
        foreach (
            (string name, TopGroup group) in new[]
            {
                ("address", groups.Addresses),
                ("network", groups.Networks),
                ("user_agent", groups.UserAgents),
                ("path", groups.Paths),
                ("host", groups.Hosts),
            }
        )
        foreach (TopValue value in group.Values)
            yield return [name, value.Value, value.Requests, value.Refused, value.Flagged];
    }

    private static void WriteFile(string folder, string name, IEnumerable<object[]> rows)
    {
        StringBuilder text = new();
        foreach (object[] row in rows)
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        File.WriteAllText(Path.Combine(folder, name), text.ToString());
    }

    private static string Field(object value) =>
        value is string text ? CsvCells.Text(text) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
