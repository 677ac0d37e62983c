using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>What became of a list.</summary>
public enum ListChangeKind
{
    /// <summary>Entries of a source came, or were replaced one by one.</summary>
    Add,

    /// <summary>Values went: of one source, or of all.</summary>
    Remove,

    /// <summary>All entries of a source went, and these came.</summary>
    Replace,
}

/// <summary>One change of one of the gate's lists.</summary>
/// <param name="List">Its name.</param>
/// <param name="Of">What it holds.</param>
/// <param name="Source">Whose entries; null: of nobody in particular, and of a removal those of all.</param>
/// <param name="Entries">Of a removal only the values count.</param>
public sealed record GateListChange(
    string List,
    ListKind Of,
    ListChangeKind Change,
    string? Source,
    IReadOnlyList<ListEntryDocument> Entries,
    string? Author = null
);

/// <summary>A rule set that somebody wants in force.</summary>
/// <param name="Rules">Valid.</param>
/// <param name="Base">The version that it was made from: it must be the latest still. Null: whatever the latest is.</param>
/// <param name="Restores">The version that it publishes again; 0: it is no rollback.</param>
/// <param name="Proposal">The proposal that it comes from; 0: none.</param>
/// <param name="Brake">Why the brake wants it; null: a person does.</param>
public sealed record GateStatement(
    GateDocument Rules,
    string? Author,
    string? Note,
    long? Base = null,
    long Restores = 0,
    long Proposal = 0,
    string? ApprovedBy = null,
    BrakeTrip? Brake = null
);

/// <summary>What is known of a tenant's gate without reading any document.</summary>
public sealed record GateOverview(
    IReadOnlyList<GateVersion> Versions,
    IReadOnlyList<GateProposal> Proposals,
    GateSettings Settings
)
{
    /// <summary>The latest version's number; 0 before the first.</summary>
    public long Latest => Versions.Count == 0 ? 0 : Versions[^1].Version;

    /// <summary>What the brake did since a person published last; the latest last.</summary>
    public IReadOnlyList<GateVersion> Braked => [.. Versions.Reverse().TakeWhile(x => x.Brake is not null).Reverse()];
}

/// <summary>The gate's documents in one tenant's log. Thread-safe; what is published is answered after its commit.</summary>
public interface ITenantGate
{
    Task<GateOverview> OverviewAsync(CancellationToken cancellation);

    /// <summary>A published rule set; null if there is no such version.</summary>
    Task<GateDocument?> RulesAsync(long version, CancellationToken cancellation);

    /// <summary>A proposed rule set; null if there is none of that number.</summary>
    Task<GateDocument?> ProposalAsync(long number, CancellationToken cancellation);

    /// <summary>All changes of lists, in their order.</summary>
    IAsyncEnumerable<GateListChange> ListChangesAsync(CancellationToken cancellation);

    /// <summary>Publishes the next version.</summary>
    /// <exception cref="GateConflictException">Its base is not the latest version any more.</exception>
    Task<GateVersion> PublishAsync(GateStatement statement, CancellationToken cancellation);

    /// <summary>Puts a rule set down for approval; gives its number.</summary>
    Task<long> ProposeAsync(GateStatement statement, CancellationToken cancellation);

    /// <summary>Changes lists, all in one commit.</summary>
    Task ChangeListsAsync(IReadOnlyList<GateListChange> changes, CancellationToken cancellation);

    /// <summary>Makes <paramref name="count"/> decisions of a batch durable, in its order; each is a link of the tenant's chain of records.</summary>
    /// <exception cref="CellClosedException">They may be stored or not.</exception>
    Task RecordAsync(DecisionBatch batch, int first, int count, CancellationToken cancellation);

    /// <summary>Which decisions are stored already, by their ids.</summary>
    Task<bool[]> KnowsAsync(IReadOnlyList<string> ids, CancellationToken cancellation);

    /// <summary>Verifies all records of decisions against their chain and its exported heads.</summary>
    Task<AuditReport> AuditAsync(CancellationToken cancellation);

    /// <summary>What memory knows of the customers behind requests, in their order; null where there is none. The writer goes on meanwhile.</summary>
    /// <exception cref="TimeoutException">It left no moment to read in, or is being rebuilt: ask again later.</exception>
    IReadOnlyList<Core.Tenant.CustomerSight?> Customers(IReadOnlyList<CustomerQuestion> questions);

    /// <summary>The secret that this tenant's edge hashes with what strangers send; the same at every start.</summary>
    UInt128 HashSecret { get; }

    /// <summary>The saved image of the counters; null if there is none. Blocks.</summary>
    /// <exception cref="Storage.StoreDamagedException">It is damaged, or another tenant's.</exception>
    byte[]? LoadCounters();

    /// <summary>Replaces the image of the counters, whole or not at all. Blocks.</summary>
    /// <param name="slices">Each is used until the next is asked for.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    void SaveCounters(IEnumerable<ReadOnlyMemory<byte>> slices);

    /// <summary>All decisions that are stored by now, to be read off the writer's thread.</summary>
    Task<GateArchive> ArchiveAsync(CancellationToken cancellation);

    Task SetAsync(GateSettings settings, string? author, CancellationToken cancellation);
}

/// <summary>Somebody published in between.</summary>
public sealed class GateConflictException(long expected, long latest)
    : Exception($"version {latest} is the latest, not {expected}")
{
    public long Latest { get; } = latest;
}
