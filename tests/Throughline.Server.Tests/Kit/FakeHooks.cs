using Throughline.Core.Alarms;
using Throughline.Server.Tenants;
using Throughline.Server.Webhooks;

namespace Throughline.Server.Tests.Kit;

/// <summary>A tenant's webhooks of which a test says what there is to be read.</summary>
internal abstract class FakeHooks : ITenantHooks
{
    public WebhookStates States => throw new NotSupportedException();

    public bool IsNoted => true;

    public abstract Task<WebhookPage> ReadAsync(
        Webhook hook,
        WebhookFilter filter,
        WebhookCursor from,
        CancellationToken cancellation
    );

    public Task<IReadOnlyList<Webhook>> AllAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Webhook> PutAsync(
        string id,
        Func<Webhook?, WebhookCursor, Webhook> make,
        CancellationToken cancellation
    ) => throw new NotSupportedException();

    public Task<bool> RemoveAsync(string id, string author, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<WebhookCursor> EndAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public void Note(IReadOnlyList<AlarmCondition> stopped) => throw new NotSupportedException();

    public Task<byte[]> AlarmsAsync(int clearedMax, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task SetAsync(AlarmSettings settings, string author, CancellationToken cancellation) =>
        throw new NotSupportedException();
}
