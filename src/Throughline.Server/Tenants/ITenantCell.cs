using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Tenant;
using Throughline.Server.Attribution.Reports;

namespace Throughline.Server.Tenants;

/// <summary>
/// One tenant, open: its log, state and only writer behind a thread-safe door. Nothing uncommitted is ever answered.
/// Disposing commits what was taken in and closes the store; calls that come later throw <see cref="CellClosedException"/>.
/// </summary>
public interface ITenantCell : IAsyncDisposable
{
    /// <summary>How this tenant's personal values become tokens and are sealed. Any number of threads may use it at once.</summary>
    IEventKeys Keys { get; }

    /// <summary>How identifiers are normalised and refused: as the tenant's types in force say. Any thread may ask.</summary>
    IdentifierCatalog Identifiers { get; }

    /// <summary>What the log holds of the tenant's gate: rules, lists, settings, decisions.</summary>
    ITenantGate Gate { get; }

    /// <summary>The tenant's webhooks and alarms.</summary>
    internal ITenantHooks Hooks => throw new NotSupportedException("this cell has none");

    /// <summary>
    /// Hands prepared records to the writer. The buffer belongs to the cell until the task completes, which is after the
    /// commit.
    /// </summary>
    /// <exception cref="CellBusyException">The writer's queue is full; nothing of this buffer was taken.</exception>
    /// <exception cref="CellClosedException">The cell is being rebuilt or closed; the outcome may be unknown, and sending the same events again is safe.</exception>
    ValueTask<SubmitReceipt> SubmitAsync(RecordBuffer records, CancellationToken cancellation);

    /// <summary>Answers a question with a UTF-8 JSON document, or null where there is no such thing. The answer waits until what it read is committed.</summary>
    Task<byte[]?> QueryAsync(CellQuery query, CancellationToken cancellation);

    /// <summary>All current credit as it is now, to be read beside the writer.</summary>
    /// <param name="withCustomers">Customers are asked for, too.</param>
    Task<CreditReader> CreditAsync(bool withCustomers, CancellationToken cancellation);

    /// <summary>Publishes a validated control document; completes after the commit.</summary>
    /// <param name="kind">
    /// <see cref="ControlDocument.CampaignKind"/>, with the members of <see cref="ControlDocument.Campaign"/> but <c>kind</c> and
    /// <c>version</c>, which the cell adds; <see cref="ControlDocument.AttributionRuleKind"/>, with a <c>rule</c> whose version the cell
    /// counts; <see cref="ControlDocument.WeightTableKind"/>, with its <c>table</c>; <see cref="ControlDocument.RatesKind"/>,
    /// with an <c>author</c> and a <c>table</c> whose version the cell counts; or <see cref="ControlDocument.BlockKind"/>, with those of <see cref="ControlDocument.Block"/> but <c>kind</c>.
    /// </param>
    /// <param name="document">Valid until the task completes.</param>
    /// <exception cref="ControlRefusedException">The tenant's limits leave no room for it.</exception>
    Task<ControlReceipt> PublishControlAsync(string kind, JsonElement document, CancellationToken cancellation);

    /// <summary>
    /// Erases a customer, or an identifier alone; completes after the commit, when nothing is answered of it any more. What the files hold goes
    /// after that (<see cref="CellQuery.Erasures"/>). Null if no event has shown the identifier.
    /// </summary>
    /// <exception cref="ControlRefusedException">The tenant's limits leave no room for it.</exception>
    Task<EraseReceipt?> EraseAsync(EraseRequest request, CancellationToken cancellation);
}

/// <summary>Whom to erase, by whose word and why.</summary>
/// <param name="Subject">An identifier's token, or a customer's id.</param>
/// <param name="Alone">The identifier alone, not the customer that holds it.</param>
public sealed record EraseRequest(Token Subject, bool IsCustomer, bool Alone, string Reason = "", string Author = "")
{
    internal Erasure? Of(TenantMachine machine) =>
        IsCustomer ? machine.ErasureOfCustomer(Subject) : machine.ErasureOf(Subject, Alone);
}

/// <summary>What was erased.</summary>
/// <param name="Position">Of the statement in the tenant's log.</param>
/// <param name="WithEvents">A customer with its events, not identifiers alone.</param>
public readonly record struct EraseReceipt(long Position, bool WithEvents, int Identifiers);

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
