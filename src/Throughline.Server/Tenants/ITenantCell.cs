using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>
/// One tenant, open: its log, state and only writer behind a thread-safe door. Nothing uncommitted is ever answered.
/// Disposing commits what was taken in and closes the store; calls that come later throw <see cref="CellClosedException"/>.
/// </summary>
public interface ITenantCell : IAsyncDisposable
{
    /// <summary>How this tenant's personal values become tokens and are sealed. Any number of threads may use it at once.</summary>
    IEventKeys Keys { get; }

    /// <summary>What the log holds of the tenant's gate: rules, lists, settings, decisions.</summary>
    ITenantGate Gate { get; }

    /// <summary>
    /// Hands prepared records to the writer. The buffer belongs to the cell until the task completes, which is after the
    /// commit.
    /// </summary>
    /// <exception cref="CellBusyException">The writer's queue is full; nothing of this buffer was taken.</exception>
    /// <exception cref="CellClosedException">The cell is being rebuilt or closed; the outcome may be unknown, and sending the same events again is safe.</exception>
    ValueTask<SubmitReceipt> SubmitAsync(RecordBuffer records, CancellationToken cancellation);

    /// <summary>Answers a question with a UTF-8 JSON document, or null where there is no such thing. The answer waits until what it read is committed.</summary>
    Task<byte[]?> QueryAsync(CellQuery query, CancellationToken cancellation);

    /// <summary>Publishes a validated control document; completes after the commit.</summary>
    /// <param name="kind">
    /// <see cref="ControlDocument.CampaignKind"/>, with the members of <see cref="ControlDocument.Campaign"/> but <c>kind</c> and
    /// <c>version</c>, which the cell adds; or <see cref="ControlDocument.BlockKind"/>, with those of <see cref="ControlDocument.Block"/> but <c>kind</c>.
    /// </param>
    /// <param name="document">Valid until the task completes.</param>
    /// <exception cref="ControlRefusedException">The tenant's limits leave no room for it.</exception>
    Task<ControlReceipt> PublishControlAsync(string kind, JsonElement document, CancellationToken cancellation);
}

/// <summary>Opens cells; called by the registry alone, never twice at once for one tenant.</summary>
public interface ITenantCellFactory
{
    /// <param name="tenant">Whose cell.</param>
    /// <param name="folder">The tenant's own folder; exists.</param>
    Task<ITenantCell> OpenAsync(TenantModel tenant, string folder, CancellationToken cancellation);
}

/// <summary>What became of submitted records.</summary>
/// <param name="Statuses">In the order of the records.</param>
/// <param name="NewNames">Names of nurturing events that this tenant had not seen before, in the order of the records.</param>
public sealed record SubmitReceipt(IReadOnlyList<ApplyStatus> Statuses, IReadOnlyList<NewName> NewNames);

/// <summary>A nurturing event that declared its name.</summary>
/// <param name="Index">Which of the records, from 0.</param>
public readonly record struct NewName(int Index, string Name);

/// <summary>Where a control document took effect.</summary>
/// <param name="Version">The document's version under its kind and id, from 1.</param>
/// <param name="Position">Its place in the tenant's log.</param>
public readonly record struct ControlReceipt(int Version, long Position);

/// <summary>A valid control document that the tenant cannot take.</summary>
public sealed class ControlRefusedException(Rejection rejection) : Exception(rejection.Message)
{
    public Rejection Rejection { get; } = rejection;
}

/// <summary>The writer's queue is full: come back shortly.</summary>
public sealed class CellBusyException() : Exception("the tenant's queue is full");

/// <summary>The cell closed, is being rebuilt or cannot be opened: come back later.</summary>
public sealed class CellClosedException(string message, Exception? inner = null) : Exception(message, inner);
