using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Tests.Kit;

/// <summary>The gate's documents in memory; keeps the contract and no more. Decisions that are recorded are only counted.</summary>
internal sealed class FakeGate : ITenantGate
{
    private readonly Lock turn = new();
    private readonly List<(GateVersion Version, GateDocument Rules)> versions = [];
    private readonly List<(GateProposal Proposal, GateDocument Rules)> proposals = [];
    private readonly List<GateListChange> changes = [];
    private GateSettings settings = new();
    private long position;

    public int Recorded { get; private set; }

    /// <summary>Is waited for before anybody is told which decisions are known.</summary>
    public Func<Task> BeforeKnown { get; set; } = () => Task.CompletedTask;

    public Task<GateOverview> OverviewAsync(CancellationToken cancellation)
    {
        lock (turn)
            return Task.FromResult(
                new GateOverview([.. versions.Select(x => x.Version)], [.. proposals.Select(x => x.Proposal)], settings)
            );
    }

    public Task<GateDocument?> RulesAsync(long version, CancellationToken cancellation)
    {
        lock (turn)
            return Task.FromResult<GateDocument?>(versions.Find(x => x.Version.Version == version).Rules);
    }

    public Task<GateDocument?> ProposalAsync(long number, CancellationToken cancellation)
    {
        lock (turn)
            return Task.FromResult<GateDocument?>(proposals.Find(x => x.Proposal.Number == number).Rules);
    }

    public async IAsyncEnumerable<GateListChange> ListChangesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        foreach (GateListChange change in changes)
            yield return change;
    }

    public Task<GateVersion> PublishAsync(GateStatement statement, CancellationToken cancellation)
    {
        lock (turn)
        {
            if (statement.Base is { } expected && expected != versions.Count)
                throw new GateConflictException(expected, versions.Count);
            GateVersion version = new(
                versions.Count + 1,
                position++,
                0,
                statement.Author,
                statement.Note,
                statement.Base ?? 0,
                statement.Restores,
                statement.ApprovedBy
            );
            versions.Add((version, statement.Rules));
            return Task.FromResult(version);
        }
    }

    public Task<long> ProposeAsync(GateStatement statement, CancellationToken cancellation)
    {
        lock (turn)
        {
            long number = proposals.Count + 1;
            proposals.Add(
                (new(number, position++, 0, statement.Author, statement.Note, statement.Base ?? 0, 0), statement.Rules)
            );
            return Task.FromResult(number);
        }
    }

    public Task ChangeListsAsync(IReadOnlyList<GateListChange> made, CancellationToken cancellation)
    {
        lock (turn)
            changes.AddRange(made);
        return Task.CompletedTask;
    }

    public Task RecordAsync(DecisionBatch batch, int first, int count, CancellationToken cancellation)
    {
        lock (turn)
            Recorded += count;
        return Task.CompletedTask;
    }

    public Task<AuditReport> AuditAsync(CancellationToken cancellation) =>
        Task.FromResult(new AuditReport(new(0, [], []), 0, []));

    public IReadOnlyList<CustomerSight?> Customers(IReadOnlyList<CustomerQuestion> questions) =>
        [.. questions.Select(_ => (CustomerSight?)null)];

    public UInt128 HashSecret => 7;

    public byte[]? Counters { get; set; }

    public byte[]? LoadCounters() => Counters;

    public void SaveCounters(IEnumerable<ReadOnlyMemory<byte>> slices) =>
        Counters = [.. slices.SelectMany(slice => slice.ToArray())];

    public async Task<bool[]> KnowsAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        await BeforeKnown();
        return new bool[ids.Count];
    }

    public Task<GateArchive> ArchiveAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetAsync(GateSettings wanted, string? author, CancellationToken cancellation)
    {
        settings = wanted;
        return Task.CompletedTask;
    }
}
