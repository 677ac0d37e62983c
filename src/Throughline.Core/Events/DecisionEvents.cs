using System.Buffers;
using System.Text;
using Throughline.Cel.Library;

namespace Throughline.Core.Events;

/// <summary>
/// Makes the events of the platform's own decisions: what <see cref="EventJson"/> reads from
/// <c>{"id","type":"decision","time","context":{"address","userAgent"},"decision":{"request","action","score"}}</c>, without the JSON.
/// </summary>
public static class DecisionEvents
{
    /// <summary>Fills an event. A user agent that no event may have (too long, control characters) is left out.</summary>
    /// <param name="id">The decision's.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="request">The request's; null: the same as the decision's, since the gate knows requests by no other name.</param>
    /// <exception cref="ArgumentException">The id or the time is none that an event may have.</exception>
    public static void Fill(
        RawEvent target,
        string id,
        long time,
        IpAddress? address,
        string? userAgent,
        DecisionAction action,
        int score,
        string? request = null
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!EventTime.IsInRange(time))
            throw new ArgumentOutOfRangeException(nameof(time));
        target.Clear();
        (target.Type, target.Time) = (EventType.Decision, time);
        if (!TryAppend(id, target.Arena, out ByteSlice text) || EventId.Check(target.Arena[text]) is not null)
            throw new ArgumentException($"'{id}' is no event's id", nameof(id));
        target.Set(EventField.Id, text);
        if (request is not null && !TryAppend(request, target.Arena, out text))
            throw new ArgumentException($"'{request}' is no request's id", nameof(request));
        target.Set(EventField.RequestId, text);
        if (address is not null)
            target.Set(EventField.Address, AppendAddress(address, target.Arena));
        if (!string.IsNullOrEmpty(userAgent) && TryAgent(userAgent, target.Arena, out text))
            target.Set(EventField.UserAgent, text);
        (target.Action, target.Score) = (action, score);
    }

    private static bool TryAgent(string agent, ByteArena arena, out ByteSlice text) =>
        TryAppend(agent, arena, out text)
        && !TextRules.IsLonger(arena[text], EventLimits.LongText)
        && !TextRules.HasControl(arena[text]);

    private static bool TryAppend(string text, ByteArena arena, out ByteSlice slice)
    {
        Span<byte> target = arena.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(
            text,
            target,
            out _,
            out int written,
            replaceInvalidSequences: true
        );
        int start = arena.Length;
        arena.Advance(written);
        slice = arena.Since(start);
        return status == OperationStatus.Done;
    }

    private static ByteSlice AppendAddress(IpAddress address, ByteArena arena)
    {
        int start = arena.Length;
        if (address.IsV6)
        {
            // One canonical text for all of the platform, whatever else there is.
            if (
                !AddressText.TryCanonicalise(
                    Encoding.ASCII.GetBytes(address.Text),
                    arena.GetSpan(AddressText.MaxSize),
                    out int size
                )
            )
                throw new ArgumentException($"'{address.Text}' is no address", nameof(address));
            arena.Advance(size);
            return arena.Since(start);
        }
        uint bits = (uint)address.Bits;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat((byte)(bits >> shift), arena.GetSpan(3), out int digits);
            arena.Advance(digits);
            if (shift > 0)
                arena.Append((byte)'.');
        }
        return arena.Since(start);
    }
}
