using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Webhooks;

/// <summary>
/// Reads what a webhook wants out of a tenant's log, beside the writer: decisions and alarms by position, results by sequence number, put
/// together in the order of what caused them (an event comes before the results that it caused). The same log gives the same items.
/// </summary>
/// <param name="alarms">Positions of all alarms' statements from the cursor on, ascending.</param>
/// <param name="end">The position after the last event that is read.</param>
/// <param name="ruleName">Gives the id of a rule of a version by its place.</param>
internal sealed class WebhookReader(
    ITenantLog log,
    ITenantKeys keys,
    IReadOnlyList<long> alarms,
    long end,
    Func<long, int, string?> ruleName
)
{
    /// <summary>Bytes of a page's items, unless the first alone has more.</summary>
    public const int BytesMax = 256 * 1024;

    // Of one page, so that nobody waits long for it.
    private const int EventsLookedAt = 8_192;
    private const int ResultsLookedAt = 4_096;

    private readonly List<(long Order, bool IsResult, long Place, byte[] Bytes)> found = [];
    private long eventsEnd;
    private long resultsEnd;

    public WebhookPage Read(Webhook hook, WebhookFilter filter, WebhookCursor from, CancellationToken cancellation)
    {
        // A log that is older than the cursor was restored: what comes from now on is sent.
        from = new(Math.Min(from.Position, end), Math.Min(from.Result, log.NextResult));
        GatherEvents(hook, from.Position);
        GatherResults(hook, from);
        found.Sort((x, y) => (x.Order, x.IsResult, x.Place).CompareTo((y.Order, y.IsResult, y.Place)));
        List<OutgoingItem> items = [];
        WebhookCursor next = from;
        int bytes = 0;
        foreach ((long order, bool isResult, long place, byte[] record) in CollectionsMarshal.AsSpan(found))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!isResult && order >= eventsEnd)
                continue;
            if (ItemOf(isResult, place, record) is { } item && hook.Wants(item.Type) && filter.Takes(item))
            {
                if (items.Count == hook.BatchMax || (items.Count > 0 && bytes + item.Data.Length > BytesMax))
                    return new(items, next, IsEnd: false);
                bytes += item.Data.Length;
                items.Add(item);
            }
            next = isResult ? next with { Result = place + 1 } : next with { Position = place + 1 };
        }
        next = new(Math.Max(next.Position, eventsEnd), Math.Max(next.Result, resultsEnd));
        return new(items, next, eventsEnd >= end && resultsEnd >= log.NextResult);
    }

    private void GatherEvents(Webhook hook, long from)
    {
        eventsEnd = end;
        if (hook.WantsDecisions)
            GatherDecisions(hook, from);
        else if (hook.WantsAlarms)
            foreach (long position in alarms)
            {
                if (found.Count == EventsLookedAt)
                {
                    eventsEnd = position;
                    break;
                }
                found.Add((position, false, position, ReadEvent(position)));
            }
    }

    private void GatherDecisions(Webhook hook, long from)
    {
        HashSet<long> wanted = hook.WantsAlarms ? [.. alarms] : [];
        eventsEnd = Math.Min(end, from + EventsLookedAt);
        log.Scan(
            from,
            (position, bytes) =>
            {
                if (position >= eventsEnd)
                    return false;
                EventType type = EventRecord.FromTrusted(bytes).Type;
                if (type == EventType.Decision || (type == EventType.Control && wanted.Contains(position)))
                    found.Add((position, false, position, bytes.ToArray()));
                return true;
            }
        );
    }

    private void GatherResults(Webhook hook, WebhookCursor from)
    {
        resultsEnd = log.NextResult;
        if (!hook.WantsResults)
            return;
        long last = resultsEnd;
        long next = from.Result;
        long cause = from.Position - 1; // of the last event that was passed: its results come before the next one
        bool isCut = false;
        log.ScanResults(
            from.Result,
            (sequence, bytes) =>
            {
                if (sequence >= last)
                    return false;
                ResultRecord result = ResultRecord.FromTrusted(bytes);
                isCut = result.Cause >= eventsEnd || sequence - from.Result == ResultsLookedAt;
                if (isCut)
                    return false;
                next = sequence + 1;
                cause = Math.Max(cause, result.Cause);
                if (result.Kind is ResultKind.Customer or ResultKind.Conversion)
                    // In the order of the log, whatever caused them: what was restated names events of long ago.
                    found.Add((cause, true, sequence, bytes.ToArray()));
                return true;
            }
        );
        resultsEnd = next;
        if (isCut && next - from.Result >= ResultsLookedAt)
            eventsEnd = Math.Min(eventsEnd, cause + 1); // later events come after the rest of the results
    }

    private OutgoingItem? ItemOf(bool isResult, long place, byte[] record)
    {
        if (isResult)
            return OutgoingItem.OfResult(record, ReadEvent);
        EventRecord found = EventRecord.FromTrusted(record);
        return found.Type == EventType.Decision
            ? DecisionItem.Of(found, place, keys, ruleName)
            : OutgoingItem.OfAlarm(found);
    }

    private byte[] ReadEvent(long position)
    {
        RecordBuffer one = new();
        log.Read(position, one);
        return one[0].ToArray();
    }
}
