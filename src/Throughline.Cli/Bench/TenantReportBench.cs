using System.Diagnostics;
using System.Text.Json;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>Reports of all that a service was sent, from the question until the whole answer is there; the best of some rounds.</summary>
internal static class TenantReportBench
{
    private const int Rounds = 3;
    private const string Time = "from=2025-01-01&to=2026-01-01"; // all of JourneyEvents

    private static readonly string[] Questions =
    [
        $"v1/attribution/report?{Time}",
        $"v1/attribution/report?{Time}&date=touch&by=campaign,kind",
        $"v1/attribution/report?{Time}&by=creative,placement&step=all",
        $"v1/attribution/paths?{Time}&by=campaign",
        $"v1/events/funnel?{Time}&steps=impression,click,conversion/purchase",
    ];

    public static async Task<ReportFigures> RunAsync(ServiceClient client, CancellationToken cancellation)
    {
        double[] best = new double[Questions.Length];
        Array.Fill(best, double.MaxValue);
        long conversions = 0;
        for (int round = 0; round < Rounds; round++)
        for (int i = 0; i < Questions.Length; i++)
        {
            long started = Stopwatch.GetTimestamp();
            using JsonDocument answer = (await client.GetAsync(Questions[i], cancellation))!;
            best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (i == 0)
                conversions = Check(answer.RootElement);
        }
        return new(conversions, best[0], best[1], best[2], best[3], best[4]);
    }

    // All conversions are worth the same, and rows and totals tell of each.
    private static long Check(JsonElement report)
    {
        long conversions = report.GetProperty("statuses").EnumerateObject().Sum(status => status.Value.GetInt64());
        long value = report.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("minor").GetInt64());
        long total = report
            .GetProperty("totals")
            .EnumerateArray()
            .Sum(total => total.GetProperty("valueMinor").GetInt64());
        return value == total && total == conversions * JourneyEvents.Minor
            ? conversions
            : throw new InvalidOperationException(
                $"{conversions} conversions are worth {total}, of which rows have {value}"
            );
    }
}

/// <summary>What <see cref="TenantReportBench"/> measured, in seconds.</summary>
/// <param name="Conversions">That each question is about, with their touches.</param>
internal sealed record ReportFigures(
    long Conversions,
    double ByCampaignSeconds,
    double ByTouchDateSeconds,
    double ByCreativeSeconds,
    double PathsSeconds,
    double FunnelSeconds
);
