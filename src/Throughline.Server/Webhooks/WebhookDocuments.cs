using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Outbound;

namespace Throughline.Server.Webhooks;

/// <summary>A webhook as a tenant wrote it, checked.</summary>
internal sealed record WebhookDraft(
    string Url,
    IReadOnlyList<string> Kinds,
    string Filter,
    string Description,
    int BatchMax,
    int BatchMs,
    int PauseAfterHours,
    bool FromStart,
    string Author
)
{
    private const int WordsMax = 500;

    public static WebhookDraft Read(ObjectReader reader, OutboundModel outbound)
    {
        string url = reader.Text("url", Webhook.UrlMax);
        if (reader.Failure is null && outbound.Refuses(url, out _) is { } refused)
            reader.Fail(RejectionReason.BadValue, "url", $"The address {refused}.");
        IReadOnlyList<string> kinds = [.. reader.Texts("kinds", Webhook.AllKinds.Count).Distinct()];
        if (kinds.FirstOrDefault(kind => !Webhook.AllKinds.Contains(kind)) is { } unknown)
            reader.Fail(
                RejectionReason.BadValue,
                "kinds",
                $"There is no kind '{unknown}', but {string.Join(", ", Webhook.AllKinds)}."
            );
        else if (kinds.Count == 0)
            reader.Fail(RejectionReason.MissingField, "kinds", "Name at least one kind.");
        string filter = reader.Text("filter", Webhook.FilterMax, "");
        if (reader.Failure is null && !WebhookFilter.TryCreate(filter, out _, out string fault))
            reader.Fail(RejectionReason.BadValue, "filter", $"The expression is not valid: {fault}.");
        string from = reader.Text("from", WordsMax, "now");
        if (from is not ("now" or "start"))
            reader.Fail(RejectionReason.BadValue, "from", "The field must be now or start.");
        Webhook first = new()
        {
            Url = url,
            Kinds = kinds,
            Secrets = [],
        };
        return new(
            url,
            kinds,
            filter,
            reader.Text("description", WordsMax, ""),
            reader.Integer("batchMax", 1, Webhook.BatchMaxMax, first.BatchMax),
            reader.Integer("batchMs", 0, Webhook.BatchMsMax, first.BatchMs),
            reader.Integer("pauseAfterHours", 1, Webhook.PauseHoursMax, first.PauseAfterHours),
            from == "start",
            reader.Text("author", WordsMax, "")
        );
    }

    /// <summary>The webhook's next version. What it had so far stays: secrets, and where it is.</summary>
    public Webhook Make(Webhook? before, WebhookCursor end, WebhookSecret? secret, long now) =>
        new()
        {
            Url = Url,
            Kinds = Kinds,
            Filter = Filter,
            Description = Description,
            BatchMax = BatchMax,
            BatchMs = BatchMs,
            PauseAfterHours = PauseAfterHours,
            Author = Author,
            Secrets = before?.Secrets ?? [secret!],
            From = before?.From ?? (FromStart ? default : end),
            Created = before?.Created ?? now,
        };
}

internal sealed record WebhooksAnswer(IReadOnlyList<WebhookAnswer> Webhooks);

internal sealed record WebhookRemoved(bool Removed);

internal sealed record WebhookTested(
    [property: Description("The receiver took it: it answered 200 to 299")] bool Delivered,
    int? Status,
    [property: Description("Why there was no answer")] string? Error
);

internal sealed record WebhookAnswer(
    string Id,
    int Version,
    string Url,
    IReadOnlyList<string> Kinds,
    string Filter,
    string Description,
    int BatchMax,
    int BatchMs,
    int PauseAfterHours,
    string Created,
    [property: Description("active, paused or disabled")] string Status,
    [property: Description("All before it is delivered, or was not wanted: a position in the log")] long Position,
    [property: Description("The same in the sequence of results")] long Result,
    [property: Description("Items that the receiver took so far")] long Delivered,
    string? LastTaken,
    [property: Description("Tries that failed since the last that did not")] int Failures,
    string? FailingSince,
    string? NextTry,
    string? LastError,
    [property: Description("How many secrets sign now: two while one takes the other's place")] int Secrets,
    [property: Description("Shown once, when it is made")] string? Secret = null
)
{
    public static JsonSerializerOptions Form { get; } =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static WebhookAnswer Of(WebhookLoop loop, TimeProvider clock)
    {
        (Webhook hook, WebhookState state) = (loop.Pump.Hook, loop.Pump.State);
        return new(
            hook.Id,
            hook.Version,
            hook.Url,
            hook.Kinds,
            hook.Filter,
            hook.Description,
            hook.BatchMax,
            hook.BatchMs,
            hook.PauseAfterHours,
            EventTime.ToText(hook.Created),
            JsonNamingPolicy.SnakeCaseLower.ConvertName(state.Status.ToString()),
            state.Cursor.Position,
            state.Cursor.Result,
            state.Delivered,
            Text(state.LastTaken),
            state.Failures,
            Text(state.FailingSince),
            Text(state.NextTry),
            state.LastError,
            hook.SecretsAt(clock.GetUtcNow().ToUnixTimeMilliseconds()).Count
        );
    }

    private static string? Text(long? time) => time is { } at ? EventTime.ToText(at) : null;
}

internal sealed record WebhookSchema(
    [property: Description("https, and public unless the operator allows more")] string Url,
    [property: Description("decision, customer, attribution, alarm, or alarm.KIND")] IReadOnlyList<string> Kinds,
    [property: Description("A CEL expression over id, type, time and data; empty: all items")] string? Filter,
    [property: Description("1 to 1,000; 100 by default")] int? BatchMax,
    [property: Description("0 to 60,000; 500 by default")] int? BatchMs,
    [property: Description("1 to 720; 72 by default")] int? PauseAfterHours,
    [property: Description("now (default) or start: of a new webhook")] string? From,
    string? Description,
    string? Author
);

internal sealed record WebhookRotationSchema(
    [property: Description("So long both secrets sign, 0 to 168; 24 by default")] int? OverlapHours,
    string? Author
);

internal sealed record WebhookResumeSchema(
    [property: Description("here (default), now: without what waits, or start")] string? From
);

internal sealed record WebhookTestSchema([property: Description("Stands in the item's data")] string? Note);
