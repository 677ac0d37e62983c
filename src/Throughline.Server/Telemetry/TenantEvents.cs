namespace Throughline.Server.Telemetry;

/// <summary>What the log says about tenants: ids 1000 to 1099. Tenant ids are names of clients of the platform, not of people.</summary>
internal static partial class TenantEvents
{
    [LoggerMessage(1000, LogLevel.Information, "Tenant {Tenant} is open")]
    public static partial void Opened(ILogger logger, string tenant);

    [LoggerMessage(1001, LogLevel.Information, "Tenant {Tenant} is closed")]
    public static partial void Closed(ILogger logger, string tenant);

    [LoggerMessage(1002, LogLevel.Error, "Tenant {Tenant} cannot be opened")]
    public static partial void OpenFailed(ILogger logger, string tenant, Exception error);

    [LoggerMessage(
        1003,
        LogLevel.Error,
        "Tenant {Tenant} did not close well; its log will be checked when it opens again"
    )]
    public static partial void CloseFailed(ILogger logger, string tenant, Exception error);

    [LoggerMessage(1004, LogLevel.Error, "Tenant {Tenant} is left out: {Fault}")]
    public static partial void Unusable(ILogger logger, string tenant, string fault);

    // The sentence names the file; where in the code it was found says nothing more.
    [LoggerMessage(1005, LogLevel.Error, "Tenant {Tenant} cannot be opened, its store is damaged: {Fault}")]
    public static partial void Damaged(ILogger logger, string tenant, string fault);

    [LoggerMessage(1006, LogLevel.Error, "Nobody could look whether tenant {Tenant} is silent; it is tried again")]
    public static partial void NotLookedAt(ILogger logger, string tenant, Exception error);
}
