using System.Diagnostics.Metrics;
using Throughline.Core.Events;
using Throughline.Server.Doors;
using Throughline.Server.Ingest;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of the doors for other tools' senders; the events themselves are counted as all events are, too.</summary>
internal static class DoorInstruments
{
    public const string MeterName = "Throughline.Doors";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "throughline.doors.events",
        "{event}",
        "Messages answered, by door and status and, for rejected ones, reason"
    );

    private static readonly Counter<long> LeftOut = Meter.CreateCounter<long>(
        "throughline.doors.left_out",
        "{part}",
        "Parts of accepted messages that were not valid, by door and reason"
    );

    public static void Count(string door, ResultList events, DoorResults results)
    {
        Add(door, "accepted", events.Accepted);
        Add(door, "duplicate", events.Duplicates);
        Add(door, "ignored", results.Ignored);
        for (int i = 0; events.Rejected > 0 && i < events.Count; i++)
            if (events[i].Outcome == EventOutcome.Rejected)
                Events.Add(
                    1,
                    new("door", door),
                    new("status", "rejected"),
                    new("reason", events.Rejection(events[i]).Reason.Code())
                );
        foreach ((_, Rejection part) in results.LeftOut)
            LeftOut.Add(1, new("door", door), new("reason", part.Reason.Code()));
    }

    private static void Add(string door, string status, int count)
    {
        if (count > 0)
            Events.Add(count, new("door", door), new("status", status));
    }
}
