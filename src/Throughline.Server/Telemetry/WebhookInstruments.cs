using System.Diagnostics.Metrics;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of what is delivered to webhooks, over all tenants.</summary>
internal static class WebhookInstruments
{
    public const string MeterName = "Throughline.Webhooks";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "throughline.webhooks.deliveries",
        "{delivery}",
        "Tries to deliver items to webhooks, by what came of them"
    );

    private static readonly Counter<long> Items = Meter.CreateCounter<long>(
        "throughline.webhooks.items",
        "{item}",
        "Items that receivers took"
    );

    public static void Delivered(int items)
    {
        Deliveries.Add(1, new KeyValuePair<string, object?>("result", "taken"));
        Items.Add(items);
    }

    public static void Failed() => Deliveries.Add(1, new KeyValuePair<string, object?>("result", "failed"));
}
