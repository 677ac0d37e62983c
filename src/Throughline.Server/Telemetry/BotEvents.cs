namespace Throughline.Server.Telemetry;

/// <summary>What the log tells of good bots: ids 1500 to 1599; never an address.</summary>
internal static partial class BotEvents
{
    [LoggerMessage(1500, LogLevel.Information, "The addresses of {List} are refreshed")]
    public static partial void Refreshed(ILogger logger, string list);

    [LoggerMessage(
        1501,
        LogLevel.Warning,
        "The addresses of {List} could not be refreshed, the list before stays: {Error}"
    )]
    public static partial void NotRefreshed(ILogger logger, string list, string error);

    [LoggerMessage(
        1502,
        LogLevel.Warning,
        "The addresses of {List} from an earlier run are not used, only fresh ones will be: {Error}"
    )]
    public static partial void NotRestored(ILogger logger, string list, string error);

    [LoggerMessage(
        1503,
        LogLevel.Warning,
        "The addresses of {List} are in use and could not be kept for a restart: {Type}"
    )]
    public static partial void NotKept(ILogger logger, string list, string type);

    [LoggerMessage(1504, LogLevel.Error, "A good bot's claim could not be looked up: {Type}\n{Trace}")]
    public static partial void LookUpFailed(ILogger logger, string type, string? trace);
}
