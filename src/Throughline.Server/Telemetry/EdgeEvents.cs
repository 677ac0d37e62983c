namespace Throughline.Server.Telemetry;

/// <summary>What the log says about the edge: ids 1300 to 1399. No address, header or path is ever logged.</summary>
internal static partial class EdgeEvents
{
    [LoggerMessage(
        1300,
        LogLevel.Error,
        "The gate of tenant {Tenant} failed with {Error}; the fail policy decided\n{Trace}"
    )]
    public static partial void EngineFailed(ILogger logger, string tenant, string error, string? trace);

    [LoggerMessage(
        1301,
        LogLevel.Error,
        "A decision of tenant {Tenant} was answered and could not be recorded: {Error}\n{Trace}"
    )]
    public static partial void SinkFailed(ILogger logger, string tenant, string error, string? trace);

    [LoggerMessage(1302, LogLevel.Error, "A question over {Contract} could not be read: {Error}\n{Trace}")]
    public static partial void Unreadable(ILogger logger, string contract, string error, string? trace);

    [LoggerMessage(
        1303,
        LogLevel.Error,
        "The customers of {Tenant} could not be looked up: {Error}; rules over them come out unknown\n{Trace}"
    )]
    public static partial void CustomersUnread(ILogger logger, string tenant, string error, string? trace);
}
