using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Storage.Files;

namespace Throughline.Server.Webhooks;

/// <summary>Whether deliveries are made. Names are stored.</summary>
internal enum WebhookStatus
{
    Active,

    /// <summary>All failed for too long.</summary>
    Paused,

    /// <summary>The receiver said that it is gone for good.</summary>
    Disabled,
}

/// <summary>How far deliveries of a webhook are: immutable, kept in a file of its own.</summary>
/// <param name="Created">Of the webhook that it is of: one of the same id that was created later begins anew.</param>
/// <param name="Cursor">All before it is delivered, or was not wanted.</param>
/// <param name="Failures">Tries that failed since the last that did not.</param>
/// <param name="FailingSince">The first of them, milliseconds since 1970.</param>
/// <param name="NextTry">Not before this time.</param>
/// <param name="LastError">Of the last try, if it failed.</param>
internal sealed record WebhookState(
    long Created,
    WebhookCursor Cursor,
    WebhookStatus Status = WebhookStatus.Active,
    int Failures = 0,
    long? FailingSince = null,
    long? NextTry = null,
    string? LastError = null,
    long? LastTaken = null,
    long Delivered = 0
)
{
    public static WebhookState Of(Webhook hook) => new(hook.Created, hook.From);

    /// <summary>After a delivery that was taken.</summary>
    public WebhookState Taken(WebhookCursor next, int items, long now) =>
        this with
        {
            Cursor = next,
            Failures = 0,
            FailingSince = null,
            NextTry = null,
            LastError = null,
            LastTaken = now,
            Delivered = Delivered + items,
        };

    /// <summary>From where it stood, or elsewhere.</summary>
    public WebhookState Resumed(WebhookCursor? from) =>
        this with
        {
            Cursor = from ?? Cursor,
            Status = WebhookStatus.Active,
            Failures = 0,
            FailingSince = null,
            NextTry = null,
        };
}

/// <summary>
/// The states of a tenant's webhooks: <c>webhooks/ID.json</c> in its folder, replaced whole. One that is lost or damaged costs that the webhook
/// gets again what it had since it was created. <c>webhooks.on</c> is an empty file that is there once there was any: a service that starts
/// opens those tenants' stores.
/// </summary>
internal sealed class WebhookStates(string folder)
{
    private const string Folder = "webhooks";
    private const string Mark = "webhooks.on";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Mark));

    public void SetMark()
    {
        if (!IsIn(folder))
            DurableFile.Write(Path.Combine(folder, Mark), []);
    }

    /// <summary>Null if there is none that can be read.</summary>
    public WebhookState? Read(string id)
    {
        try
        {
            return File.Exists(PathOf(id))
                ? JsonSerializer.Deserialize<WebhookState>(File.ReadAllBytes(PathOf(id)), Form)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(string id, WebhookState state)
    {
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        DurableFile.Write(PathOf(id), JsonSerializer.SerializeToUtf8Bytes(state, Form));
    }

    public void Delete(string id) => File.Delete(PathOf(id));

    // The id's form admits no separator and no dot.
    private string PathOf(string id) => Path.Combine(folder, Folder, id + ".json");
}
