using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Tenant;

namespace Throughline.Server.Tenants;

/// <summary>
/// Jobs whose events are applied together and become durable in one commit, and what there is to tell then: by that time the machine may
/// have gone on.
/// </summary>
internal sealed class WriterBatch
{
    public List<WriterJob> Jobs { get; } = [];

    /// <summary>How many records its jobs hand over.</summary>
    public int Submitted { get; private set; }

    /// <summary>Nobody asks for anything in it.</summary>
    public bool HoldsOnlyEvents { get; private set; }

    /// <summary>Those that were accepted.</summary>
    public RecordBuffer Events { get; } = new();
    public RecordBuffer Results { get; } = new();

    /// <summary>Position after its last event.</summary>
    public long Next { get; private set; }

    /// <summary>The identifier types that held after it.</summary>
    public PublishedTypes? Types { get; private set; }

    public void Add(WriterJob job)
    {
        Jobs.Add(job);
        if (job is SubmitJob submit)
            Submitted += submit.Records.Count;
        else
            HoldsOnlyEvents = false;
    }

    /// <summary>All its events were applied, and none after them.</summary>
    public void Note(TenantMachine machine) => (Next, Types) = (machine.NextPosition, machine.IdentifierTypes);

    /// <summary>Forgets all; <see cref="Events"/> and <see cref="Results"/> may still be read until they are cleared.</summary>
    public void Clear()
    {
        Jobs.Clear();
        (Submitted, HoldsOnlyEvents) = (0, true);
    }
}
