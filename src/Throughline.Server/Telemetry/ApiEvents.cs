namespace Throughline.Server.Telemetry;

/// <summary>What the log says about requests and the service: ids 1100 to 1199. No address, query or body is ever logged.</summary>
internal static partial class ApiEvents
{
    // The exception's message may repeat what a client sent; its type and place do not.
    [LoggerMessage(1100, LogLevel.Error, "{Method} {Route} failed with {Error} (request {Request})\n{Trace}")]
    public static partial void Failed(
        ILogger logger,
        string method,
        string route,
        string error,
        string request,
        string? trace
    );

    [LoggerMessage(1101, LogLevel.Information, "Throughline serves {Folder} at {Address}")]
    public static partial void Started(ILogger logger, string folder, string address);

    [LoggerMessage(1102, LogLevel.Information, "Stopping: no new requests, those under way are finished and stored")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(1103, LogLevel.Information, "Stopped: everything that was acknowledged is stored")]
    public static partial void Stopped(ILogger logger);
}
