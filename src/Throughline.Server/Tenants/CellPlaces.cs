using Throughline.Storage.Files;
using Throughline.Storage.Log;
using Throughline.Storage.Places;

namespace Throughline.Server.Tenants;

/// <summary>Where in a tenant's log somebody's events and changes are.</summary>
internal sealed class CellPlaces
{
    /// <param name="folder">The tenant's.</param>
    /// <param name="stretch">Records of the smallest files.</param>
    public CellPlaces(string folder, int stretch = TokenPlaces.StretchRecords)
    {
        Directory.CreateDirectory(folder);
        DurableFile.DeleteDrafts(folder, "places-*");
        Events = new(folder, PlacedRecords.Events, stretch);
        Customers = new(folder, PlacedRecords.Customers, stretch);
    }

    /// <summary>Events by identifier.</summary>
    public TokenPlaces Events { get; }

    /// <summary>Results by the ids of customers.</summary>
    public TokenPlaces Customers { get; }

    /// <summary>Notes what came by now, so that nobody who asks waits for more than the latest.</summary>
    public void Prepare(ITenantLog log, CancellationToken cancellation)
    {
        Events.Prepare(log, log.NextPosition, cancellation);
        Customers.Prepare(log, log.NextResult, cancellation);
    }
}
