using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Core.Alarms;
using Throughline.Core.Explain;

namespace Throughline.Server.Webhooks;

/// <summary>A secret that deliveries are signed with.</summary>
/// <param name="Text"><c>whsec_</c> and base64, as Standard Webhooks writes it.</param>
/// <param name="Until">It signs until then, milliseconds since 1970; null: until another takes its place.</param>
internal sealed record WebhookSecret(string Text, long? Until = null)
{
    private const string Prefix = "whsec_";
    private const int Size = 32;

    public byte[] Key => Convert.FromBase64String(Text[Prefix.Length..]);

    public static WebhookSecret Create() => new(Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size)));
}

/// <summary>Where deliveries stand: before the event of this position and the result of this sequence number.</summary>
internal readonly record struct WebhookCursor(long Position, long Result);

/// <summary>What a tenant wants to be told, where, and how. Immutable; its JSON is sealed in the log.</summary>
internal sealed record Webhook
{
    public const int IdMax = 64;
    public const int UrlMax = 2_000;
    public const int FilterMax = 2_000;
    public const int BatchMaxMax = 1_000;
    public const int BatchMsMax = 60_000;
    public const int PauseHoursMax = 720;

    /// <summary>Webhooks of one tenant at most.</summary>
    public const int CountMax = 20;

    [JsonIgnore]
    public string Id { get; init; } = "";

    [JsonIgnore]
    public int Version { get; init; }

    public required string Url { get; init; }

    /// <summary><see cref="Wants"/> tells what they mean.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>A CEL expression over an item; empty: all.</summary>
    public string Filter { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Items of one delivery at most.</summary>
    public int BatchMax { get; init; } = 100;

    /// <summary>A delivery that is not full waits for more for so long.</summary>
    public int BatchMs { get; init; } = 500;

    /// <summary>Deliveries pause when all have failed for so long.</summary>
    public int PauseAfterHours { get; init; } = 72;

    /// <summary>The newest first; two at most.</summary>
    public required IReadOnlyList<WebhookSecret> Secrets { get; init; }

    /// <summary>Where it began.</summary>
    public WebhookCursor From { get; init; }

    /// <summary>When it was created, milliseconds since 1970.</summary>
    public long Created { get; init; }

    public string Author { get; init; } = "";

    [JsonIgnore]
    public bool WantsDecisions => Kinds.Contains(OutgoingItem.DecisionKind);

    [JsonIgnore]
    public bool WantsAlarms => Kinds.Any(kind => kind.StartsWith(OutgoingItem.AlarmKind, StringComparison.Ordinal));

    [JsonIgnore]
    public bool WantsResults =>
        Kinds.Contains(OutgoingItem.CustomerKind) || Kinds.Contains(OutgoingItem.AttributionKind);

    /// <summary>What a webhook may name: <c>decision</c>, <c>customer</c>, <c>attribution</c>, <c>alarm</c>, and <c>alarm.KIND</c> of one kind.</summary>
    public static IReadOnlyList<string> AllKinds { get; } =
    [
        OutgoingItem.DecisionKind,
        OutgoingItem.CustomerKind,
        OutgoingItem.AttributionKind,
        OutgoingItem.AlarmKind,
        .. AlarmKinds.All.Select(kind => $"{OutgoingItem.AlarmKind}.{kind}"),
    ];

    /// <summary>Whether items of a type are wanted: the type itself, or all that begin with a kind.</summary>
    public bool Wants(string type) =>
        Kinds.Any(kind =>
            type == kind
            || (
                type.Length > kind.Length && type[kind.Length] == '.' && type.StartsWith(kind, StringComparison.Ordinal)
            )
        );

    /// <summary>The secrets that sign at a time.</summary>
    public IReadOnlyList<WebhookSecret> SecretsAt(long now) =>
        [.. Secrets.Where(secret => secret.Until is not { } until || now < until)];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    public static Webhook Read(ReadOnlySpan<byte> json, string id, int version) =>
        JsonSerializer.Deserialize<Webhook>(json, Form)! with
        {
            Id = id,
            Version = version,
        };

    private static JsonSerializerOptions Form => JsonSerializerOptions.Web;
}
