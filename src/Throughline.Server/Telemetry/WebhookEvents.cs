namespace Throughline.Server.Telemetry;

/// <summary>What the log tells of webhooks: ids 1600 to 1699; never an address, a secret or an item.</summary>
internal static partial class WebhookEvents
{
    [LoggerMessage(
        1600,
        LogLevel.Warning,
        "A delivery to the webhook {Webhook} of {Tenant} failed, and is tried again: {Error}"
    )]
    public static partial void Failing(ILogger logger, string tenant, string webhook, string error);

    [LoggerMessage(
        1601,
        LogLevel.Error,
        "Deliveries to the webhook {Webhook} of {Tenant} stopped until it is resumed: {Error}"
    )]
    public static partial void Stopped(ILogger logger, string tenant, string webhook, string error);

    [LoggerMessage(
        1602,
        LogLevel.Error,
        "How far the webhook {Webhook} of {Tenant} is could not be written: {Type}; a restart delivers again"
    )]
    public static partial void NotKept(ILogger logger, string tenant, string webhook, string type);

    [LoggerMessage(1603, LogLevel.Error, "The webhooks of {Tenant} do not work, and are tried again: {Type}\n{Trace}")]
    public static partial void NotRunning(ILogger logger, string tenant, string type, string? trace);
}
