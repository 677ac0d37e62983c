namespace Throughline.Server;

/// <summary>How much the service takes at once. What exceeds a limit is answered with 413, 429 or 503 and a reason.</summary>
public sealed record ServerLimits
{
    /// <summary>Bytes of one request's body, counted as sent and again as decoded: 413 above.</summary>
    public int BodyBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Events of one request: 413 above.</summary>
    public int BatchEventsMax { get; init; } = 10_000;

    /// <summary>Decoded bytes of all requests that are not answered yet: 503 above.</summary>
    public long InFlightBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>The same of one tenant, so that no tenant takes another's share: 429 above.</summary>
    public long InFlightBytesPerTenantMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>How far an event may be ahead of the clock at the door.</summary>
    public TimeSpan ClockSkewMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Open connections: more are refused by closing them.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Bytes of a request's first line: 414 above.</summary>
    public int RequestLineBytesMax { get; init; } = 32 * 1024;

    /// <summary>Bytes of all headers of a request: 431 above.</summary>
    public int HeadersBytesMax { get; init; } = 32 * 1024;

    /// <summary>Headers of a request: 431 above.</summary>
    public int HeadersMax { get; init; } = 200;

    /// <summary>A body that comes more slowly than this, in bytes a second, is given up with 408 after <see cref="BodyGrace"/>.</summary>
    public double BodyRateMin { get; init; } = 1024;

    /// <summary>How long a body may be slow.</summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping service waits for requests under way.</summary>
    public TimeSpan DrainMax { get; init; } = TimeSpan.FromSeconds(30);
}
