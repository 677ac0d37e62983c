using Throughline.Core.Alarms;
using Throughline.Core.Explain;
using Throughline.Server.Webhooks;

namespace Throughline.Server.Tenants;

/// <summary>A tenant's webhooks and alarms: what its log says of them, and what there is to be sent. Thread-safe.</summary>
internal interface ITenantHooks
{
    /// <summary>All webhooks, by id.</summary>
    Task<IReadOnlyList<Webhook>> AllAsync(CancellationToken cancellation);

    /// <summary>Publishes a webhook's next version; completes after the commit.</summary>
    /// <param name="make">Makes it of the one before, if there is one, and of where the log ends.</param>
    Task<Webhook> PutAsync(string id, Func<Webhook?, WebhookCursor, Webhook> make, CancellationToken cancellation);

    /// <summary>Removes a webhook; false if there is none.</summary>
    Task<bool> RemoveAsync(string id, string author, CancellationToken cancellation);

    /// <summary>Where the log ends now.</summary>
    Task<WebhookCursor> EndAsync(CancellationToken cancellation);

    /// <summary>What there is for a webhook from a place on, to be asked beside the writer.</summary>
    Task<WebhookPage> ReadAsync(Webhook hook, WebhookFilter filter, WebhookCursor from, CancellationToken cancellation);

    /// <summary>How far deliveries are, in files.</summary>
    WebhookStates States { get; }

    /// <summary>Somebody has told which webhooks are stopped.</summary>
    bool IsNoted { get; }

    /// <summary>Tells which webhooks are stopped, for the alarms.</summary>
    void Note(IReadOnlyList<AlarmCondition> stopped);

    /// <summary>What stands, after a look if there was none yet.</summary>
    Task<byte[]> AlarmsAsync(int clearedMax, CancellationToken cancellation);

    /// <summary>Says how alarms are judged.</summary>
    Task SetAsync(AlarmSettings settings, string author, CancellationToken cancellation);
}

/// <summary>Some of what there is for a webhook.</summary>
/// <param name="Items">In order.</param>
/// <param name="Next">Where the rest begins.</param>
/// <param name="IsEnd">There is no more now.</param>
internal sealed record WebhookPage(IReadOnlyList<OutgoingItem> Items, WebhookCursor Next, bool IsEnd);
