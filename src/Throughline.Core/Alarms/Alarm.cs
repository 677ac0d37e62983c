using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Alarms;

/// <summary>What an alarm is about, as it is stored and named in answers and subscriptions.</summary>
public static class AlarmKinds
{
    /// <summary>A guard of the identity graph: its subject is the guard, and of one by type <c>guard/type</c>.</summary>
    public const string GraphGuard = "graph_guard";

    /// <summary>Fewer events of a name than usual: its subject is <c>name/hours</c>.</summary>
    public const string VolumeDrop = "volume_drop";

    /// <summary>No events at all, by the service's clock.</summary>
    public const string VolumeSilent = "volume_silent";

    /// <summary>A name of events that the tenant had not sent before.</summary>
    public const string EventNew = "event_new";

    /// <summary>The brake returned a rule to shadow, and nobody has published since: its subject is the rule.</summary>
    public const string Brake = "brake";

    /// <summary>A list of a good bot's addresses was not refreshed for long: its subject is the list.</summary>
    public const string BotListOld = "bot_list_old";

    /// <summary>Deliveries to a webhook stopped: its subject is the webhook.</summary>
    public const string WebhookPaused = "webhook_paused";

    /// <summary>All, ordinal.</summary>
    public static IReadOnlyList<string> All { get; } =
    [BotListOld, Brake, EventNew, GraphGuard, VolumeDrop, VolumeSilent, WebhookPaused];
}

/// <summary>Something that is wrong now, as whoever looks at it says.</summary>
/// <param name="Kind">One of <see cref="AlarmKinds"/>.</param>
/// <param name="Subject">What of; with the kind it names the alarm.</param>
/// <param name="Value">What was measured; null: there is nothing to measure.</param>
/// <param name="Limit">What it passed.</param>
/// <param name="Explanation">A sentence for people, without personal data.</param>
public sealed record AlarmCondition(string Kind, string Subject, double? Value, double? Limit, string Explanation);

/// <summary>An alarm that was raised, and perhaps cleared.</summary>
/// <param name="Id">Of this raising: the same wherever the same log is read.</param>
/// <param name="Since">When it was raised; milliseconds since 1970, by the service's clock.</param>
/// <param name="Until">When it was cleared; null: it stands.</param>
public sealed record Alarm(
    string Id,
    string Kind,
    string Subject,
    long Since,
    long? Until,
    double? Value,
    double? Limit,
    string Explanation
)
{
    /// <summary>How it stands in its control document.</summary>
    public static JsonSerializerOptions Form { get; } =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The n-th raising of a kind and subject.</summary>
    /// <param name="number">From 1.</param>
    public static Alarm Raise(AlarmCondition condition, int number, long now) =>
        new(
            IdOf(condition.Kind, condition.Subject, number),
            condition.Kind,
            condition.Subject,
            now,
            null,
            condition.Value,
            condition.Limit,
            condition.Explanation
        );

    public Alarm Clear(long now) => this with { Until = now };

    /// <summary>The control document that says so.</summary>
    public byte[] ToDocument() =>
        JsonSerializer.SerializeToUtf8Bytes(new { kind = ControlDocument.AlarmKind, alarm = this }, Form);

    public static Alarm ReadDocument(JsonElement document) => document.GetProperty("alarm").Deserialize<Alarm>(Form)!;

    private static string IdOf(string kind, string subject, int number)
    {
        byte[] name = System.Text.Encoding.UTF8.GetBytes($"{kind}\n{subject}\n{number}");
        return $"alarm-{new Token(Mix.Bytes(name, 1), Mix.Bytes(name, 2))}";
    }
}
