namespace Throughline.Server.Telemetry;

/// <summary>What the log tells of tenants' gates: ids 1400 to 1499; never an address, a value of a list or an author.</summary>
internal static partial class GateEvents
{
    [LoggerMessage(
        1400,
        LogLevel.Information,
        "Gate of {Tenant} loaded: version {Version} of the rules, {Entries} entries of lists"
    )]
    public static partial void Loaded(ILogger logger, string tenant, long version, long entries);

    [LoggerMessage(
        1401,
        LogLevel.Error,
        "Gate of {Tenant} could not be loaded ({Type}): its requests are let through by the fail policy: {Reason}"
    )]
    public static partial void NotLoaded(ILogger logger, string tenant, string type, string reason);

    [LoggerMessage(1402, LogLevel.Information, "{Tenant} has version {Version} of its rules in force: {Rules} rules")]
    public static partial void Published(ILogger logger, string tenant, long version, int rules);

    [LoggerMessage(
        1403,
        LogLevel.Error,
        "{Count} decisions of {Tenant} could not be stored ({Type}) and are lost: {Reason}"
    )]
    public static partial void Lost(ILogger logger, string tenant, int count, string type, string reason);

    [LoggerMessage(1404, LogLevel.Information, "Counters of {Tenant} go on where they were saved: {Keys} keys")]
    public static partial void CountersLoaded(ILogger logger, string tenant, long keys);

    [LoggerMessage(
        1405,
        LogLevel.Error,
        "The saved counters of {Tenant} cannot be used and will be replaced; all counters start empty: {Reason}"
    )]
    public static partial void CountersRefused(ILogger logger, string tenant, string reason);

    [LoggerMessage(
        1406,
        LogLevel.Warning,
        "The counters of {Tenant} could not be saved ({Type}); a restart now would bring older values back: {Reason}"
    )]
    public static partial void CountersNotSaved(ILogger logger, string tenant, string type, string reason);

    [LoggerMessage(
        1407,
        LogLevel.Error,
        "List {List} of {Tenant} is full with {Entries} entries: what rules put into it is not taken (told once a minute)"
    )]
    public static partial void ListFull(ILogger logger, string tenant, string list, int entries);

    [LoggerMessage(
        1409,
        LogLevel.Warning,
        "The brake returned a rule of {Tenant} to shadow and published that as version {Version}: {Cause}"
    )]
    public static partial void Braked(ILogger logger, string tenant, long version, string cause);

    [LoggerMessage(
        1410,
        LogLevel.Error,
        "The brake could not return a rule of {Tenant} to shadow ({Type}), and tries again: {Cause}: {Reason}"
    )]
    public static partial void NotBraked(ILogger logger, string tenant, string type, string cause, string reason);

    [LoggerMessage(
        1408,
        LogLevel.Error,
        "{Count} entries that rules of {Tenant} put into lists could not be stored ({Type}): they count until they expire, but not over a restart: {Reason}"
    )]
    public static partial void ListingsLost(ILogger logger, string tenant, int count, string type, string reason);
}
