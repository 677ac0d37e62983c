using System.Net;
using System.Net.Http.Headers;

namespace Throughline.Cli.Service;

/// <summary>
/// How to go on when the service has too much to do (429, 503): wait as long as it says, at most <see cref="LongestWait"/>
/// at a time, and give up after <see cref="Limit"/> without one answer.
/// </summary>
internal sealed class Patience(TimeProvider clock)
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Default = TimeSpan.FromMilliseconds(200);

    private readonly long started = clock.GetTimestamp();

    /// <summary>How often the service asked to come back later.</summary>
    public int Waits { get; private set; }

    public static bool IsBusy(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    /// <summary>Waits; false if there was enough waiting.</summary>
    public async Task<bool> WaitAsync(RetryConditionHeaderValue? retryAfter, CancellationToken cancellation)
    {
        if (clock.GetElapsedTime(started) > Limit)
            return false;
        Waits++;
        TimeSpan asked = retryAfter?.Delta ?? retryAfter?.Date - clock.GetUtcNow() ?? Default;
        TimeSpan wait = TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks));
        await Task.Delay(wait, clock, cancellation);
        return true;
    }
}
