using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.State;
using Throughline.Server.Outbound;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Webhooks;

/// <summary>
/// Delivers one webhook's items, in order and one delivery at a time: reads from the cursor on, signs, sends, and moves the cursor once the
/// receiver took them. What a crash leaves undone is done again: every item comes at least once. What waits is in the log alone, so that a slow
/// receiver costs no memory, and the writer nothing. One caller of <see cref="StepAsync"/> at a time.
/// </summary>
internal sealed class WebhookPump
{
    /// <summary>Items that nobody wanted are passed over in memory; after so many places the file is told, too.</summary>
    private const long UnsavedMax = 50_000;

    /// <summary>How often the log is asked whether there is more.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly string tenant;
    private readonly WebhookFilter filter;
    private readonly WebhookStates states;
    private readonly OutboundSender sender;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private WebhookState state;
    private WebhookCursor saved;
    private WebhookPage? page; // read, and not taken yet
    private long? filling; // since when a delivery that is not full waits for more

    public WebhookPump(
        string tenant,
        Webhook hook,
        WebhookStates states,
        OutboundSender sender,
        TimeProvider clock,
        ILogger logger
    )
    {
        (this.tenant, Hook, this.states, this.sender, this.clock, this.logger) = (
            tenant,
            hook,
            states,
            sender,
            clock,
            logger
        );
        filter = WebhookFilter.TryCreate(hook.Filter, out WebhookFilter? read, out string fault)
            ? read
            : throw new InvalidDataException(
                $"the filter of the webhook {hook.Id} is not valid in this build: {fault}"
            );
        state = states.Read(hook.Id) is { } kept && kept.Created == hook.Created ? kept : WebhookState.Of(hook);
        saved = state.Cursor;
    }

    public Webhook Hook { get; }

    public WebhookState State => Volatile.Read(ref state);

    /// <summary>Does what there is to do now; gives how long to wait before the next step.</summary>
    /// <exception cref="CellClosedException">The store is being rebuilt.</exception>
    public async Task<TimeSpan> StepAsync(ITenantHooks source, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        long nowMs = now.ToUnixTimeMilliseconds();
        if (state.Status != WebhookStatus.Active)
            return Timeout.InfiniteTimeSpan;
        if (state.NextTry is { } next && next > nowMs)
            return TimeSpan.FromMilliseconds(next - nowMs);
        if (page is null)
        {
            WebhookPage read = await source.ReadAsync(Hook, filter, state.Cursor, cancellation).ConfigureAwait(false);
            if (read.Items.Count == 0)
            {
                PassOver(read.Next);
                return read.IsEnd ? Poll : TimeSpan.Zero;
            }
            if (read.IsEnd && read.Items.Count < Hook.BatchMax && WaitsForMore(nowMs) is { } rest)
                return rest;
            page = read;
        }
        filling = null;
        string id = IdOf(page);
        OutboundAnswer answer = await SendAsync(id, Body(page.Items), now, cancellation).ConfigureAwait(false);
        if (answer.IsTaken)
            Take(page);
        else
            Fail(id, answer, clock.GetUtcNow());
        return TimeSpan.Zero;
    }

    /// <summary>Begins again where it stood, or elsewhere; not beside a step.</summary>
    public void Resume(WebhookCursor? from)
    {
        page = null;
        filling = null;
        Save(state.Resumed(from));
    }

    /// <summary>Sends an item that tells of nothing but a note, once, now, beside all others.</summary>
    public Task<OutboundAnswer> TestAsync(string note, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string id = $"test_{Guid.NewGuid():n}";
        OutgoingItem item = new(
            id,
            "test",
            now.ToUnixTimeMilliseconds(),
            JsonSerializer.SerializeToUtf8Bytes(new { note })
        );
        return SendAsync(id, Body([item]), now, cancellation);
    }

    /// <summary>What was passed over and is not in the file yet.</summary>
    public void Flush()
    {
        if (state.Cursor != saved)
            Save(state);
    }

    private TimeSpan? WaitsForMore(long nowMs)
    {
        filling ??= nowMs;
        long rest = filling.Value + Hook.BatchMs - nowMs;
        return rest > 0 ? TimeSpan.FromMilliseconds(rest) : null;
    }

    private void PassOver(WebhookCursor next)
    {
        filling = null;
        Volatile.Write(ref state, state with { Cursor = next });
        if (next.Position - saved.Position + (next.Result - saved.Result) >= UnsavedMax)
            Save(state);
    }

    private Task<OutboundAnswer> SendAsync(
        string id,
        byte[] body,
        DateTimeOffset now,
        CancellationToken cancellation
    ) =>
        sender.PostAsync(
            Hook.Url,
            body,
            WebhookSigner.Headers(id, now, body, Hook.SecretsAt(now.ToUnixTimeMilliseconds())),
            cancellation
        );

    private void Take(WebhookPage taken)
    {
        page = null;
        WebhookInstruments.Delivered(taken.Items.Count);
        Save(state.Taken(taken.Next, taken.Items.Count, clock.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private void Fail(string id, OutboundAnswer answer, DateTimeOffset now)
    {
        WebhookInstruments.Failed();
        long nowMs = now.ToUnixTimeMilliseconds();
        int failures = state.Failures + 1;
        long since = state.FailingSince ?? nowMs;
        TimeSpan pause = RetryPolicy.PauseAfter(id, failures, answer.RetryAfter, now);
        WebhookStatus status =
            answer.Status == StatusCodes.Status410Gone ? WebhookStatus.Disabled
            : nowMs - since >= Hook.PauseAfterHours * 3_600_000L ? WebhookStatus.Paused
            : WebhookStatus.Active;
        if (status != WebhookStatus.Active)
            WebhookEvents.Stopped(logger, tenant, Hook.Id, answer.Text);
        else if (failures == 1)
            WebhookEvents.Failing(logger, tenant, Hook.Id, answer.Text);
        Save(
            state with
            {
                Status = status,
                Failures = failures,
                FailingSince = since,
                NextTry = nowMs + (long)pause.TotalMilliseconds,
                LastError = answer.Text,
            }
        );
    }

    // The cursor in memory is ahead of a file that cannot be written: a restart delivers again, and nothing is lost.
    private void Save(WebhookState next)
    {
        Volatile.Write(ref state, next);
        try
        {
            states.Write(Hook.Id, next);
            saved = next.Cursor;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WebhookEvents.NotKept(logger, tenant, Hook.Id, error.GetType().Name);
        }
    }

    // Names the items by where they are: the same id always has the same items.
    private string IdOf(WebhookPage named)
    {
        byte[] place = JsonSerializer.SerializeToUtf8Bytes(
            new object[]
            {
                tenant,
                Hook.Id,
                Hook.Version,
                Hook.Created,
                state.Cursor.Position,
                state.Cursor.Result,
                named.Next.Position,
                named.Next.Result,
            }
        );
        return $"msg_{new Token(Mix.Bytes(place, 1), Mix.Bytes(place, 2))}";
    }

    private byte[] Body(IReadOnlyList<OutgoingItem> items)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Api.JsonWriting.Options))
        {
            json.WriteStartObject();
            json.WriteString("type", "throughline.items");
            json.WriteString("timestamp", EventTime.ToText(items[^1].Time));
            json.WriteStartObject("data");
            json.WriteString("tenant", tenant);
            json.WriteString("webhook", Hook.Id);
            json.WriteStartArray("items");
            foreach (OutgoingItem item in items)
            {
                json.WriteStartObject();
                json.WriteString("id", item.Id);
                json.WriteString("type", item.Type);
                json.WriteString("time", EventTime.ToText(item.Time));
                json.WritePropertyName("data");
                json.WriteRawValue(item.Data, skipInputValidation: true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
