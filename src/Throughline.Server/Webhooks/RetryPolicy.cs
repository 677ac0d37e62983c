using System.Text;
using Throughline.Core.State;

namespace Throughline.Server.Webhooks;

/// <summary>
/// When a delivery that failed is tried again: after 1 s, and twice as long each time, up to an hour, less up to a half that the delivery's id
/// and the number of the try decide: many that failed together do not come again together, and a run again is the same run. A receiver that
/// says when is heeded, within a day.
/// </summary>
internal static class RetryPolicy
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    public static readonly TimeSpan HeededMax = TimeSpan.FromDays(1);

    private const int DoublingsMax = 12; // 4,096 s

    /// <param name="failures">So often it failed, at least once.</param>
    /// <param name="retryAfter">What the receiver said.</param>
    public static TimeSpan PauseAfter(string delivery, int failures, DateTimeOffset? retryAfter, DateTimeOffset now)
    {
        if (retryAfter is { } at)
            return TimeSpan.FromTicks(Math.Clamp((at - now).Ticks, First.Ticks, HeededMax.Ticks));
        double seconds = Math.Min(
            First.TotalSeconds * (1L << Math.Clamp(failures - 1, 0, DoublingsMax)),
            Longest.TotalSeconds
        );
        double lot = (Mix.Bytes(Encoding.UTF8.GetBytes(delivery), (ulong)failures) >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromSeconds(seconds * (1 - lot / 2));
    }
}
