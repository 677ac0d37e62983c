using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;

namespace Throughline.Core.Volume;

/// <summary>Volumes of event names, and which alarm, as JSON.</summary>
public static class VolumeAnswers
{
    /// <summary>Buckets of one answer.</summary>
    public const int BucketsMax = 2_000;

    private const int HoursOfDay = 24;

    /// <summary>Counts by hour or day, and what alarms.</summary>
    /// <param name="from">First instant, milliseconds since 1970.</param>
    /// <param name="to">First instant after it.</param>
    /// <param name="byHour">Hours, else days.</param>
    /// <param name="name">Of this name alone; null: of all.</param>
    public static byte[] ToJson(VolumeView view, long from, long to, bool byHour, string? name)
    {
        int step = byHour ? 1 : HoursOfDay;
        return JsonAnswer.Write(json =>
        {
            json.WriteString("from", EventTime.ToText(from));
            json.WriteString("to", EventTime.ToText(to));
            json.WriteString("step", byHour ? "hour" : "day");
            json.WriteNumber("asOfPosition", view.Position);
            if (view.Watermark is { } watermark)
                json.WriteString("asOf", EventTime.ToText(watermark));
            Write(json, VolumeGuard.Judge(view));
            json.WriteStartArray("names");
            foreach ((string found, SortedDictionary<int, long> hours) in view.Names)
                if (name is null || name == found)
                    Write(json, found, hours, from, to, step, view.Watermark ?? 0);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<VolumeAlarm> alarms)
    {
        json.WriteStartArray("alarms");
        foreach (VolumeAlarm alarm in alarms)
        {
            json.WriteStartObject();
            json.WriteString("name", alarm.Name);
            json.WriteNumber("hours", alarm.Hours);
            json.WriteString("until", EventTime.ToText(alarm.Until));
            json.WriteNumber("count", alarm.Count);
            json.WriteNumber("expected", alarm.Expected);
            json.WriteNumber("least", Math.Round(alarm.Least, 3, MidpointRounding.ToEven));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(
        Utf8JsonWriter json,
        string name,
        SortedDictionary<int, long> hours,
        long from,
        long to,
        int step,
        long watermark
    )
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        long first = hours.Keys.First() * VolumeBook.HourMs;
        json.WriteString("firstHour", EventTime.ToText(first));
        json.WriteString("lastHour", EventTime.ToText(hours.Keys.Last() * VolumeBook.HourMs));
        json.WriteBoolean("isNew", watermark - first < HoursOfDay * VolumeBook.HourMs);
        json.WriteNumber("total", hours.Values.Sum());
        json.WriteStartArray("volume");
        foreach (
            IGrouping<int, KeyValuePair<int, long>> bucket in hours
                .Where(x => x.Key * VolumeBook.HourMs >= from && x.Key * VolumeBook.HourMs < to)
                .GroupBy(x => x.Key / step)
        )
        {
            json.WriteStartObject();
            json.WriteString("time", EventTime.ToText((long)bucket.Key * step * VolumeBook.HourMs));
            json.WriteNumber("events", bucket.Sum(x => x.Value));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
