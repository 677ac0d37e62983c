using System.Diagnostics.Metrics;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Ingest;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of <c>POST /v1/events</c>. Counted once a request, tags from closed sets.</summary>
internal static class IngestInstruments
{
    public const string MeterName = "Throughline.Ingest";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "throughline.ingest.events",
        "{event}",
        "Events answered, by status and, for rejected ones, reason"
    );

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "throughline.ingest.body",
        "By",
        "Bytes of bodies after decoding"
    );

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "throughline.ingest.requests",
        "{request}",
        "Requests answered, by reason of failure or ok"
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "throughline.ingest.duration",
        "s",
        "From a request's head to its events being durable",
        advice: new()
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        }
    );

    public static void Count(IngestSession session, Problem? problem, TimeSpan elapsed)
    {
        ResultList results = session.Results;
        Add(results.Accepted, "accepted");
        Add(results.Duplicates, "duplicate");
        for (int i = 0; results.Rejected > 0 && i < results.Count; i++)
            if (results[i].Outcome == EventOutcome.Rejected)
                Events.Add(1, new("status", "rejected"), new("reason", results.Rejection(results[i]).Reason.Code()));
        Bytes.Add(session.Received);
        Requests.Add(1, new KeyValuePair<string, object?>("result", problem?.Reason ?? "ok"));
        Duration.Record(elapsed.TotalSeconds);
    }

    private static void Add(int count, string status)
    {
        if (count > 0)
            Events.Add(count, new KeyValuePair<string, object?>("status", status));
    }
}
