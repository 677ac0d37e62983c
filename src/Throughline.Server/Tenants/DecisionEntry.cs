using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;

namespace Throughline.Server.Tenants;

/// <summary>A decision on its way into the log.</summary>
/// <param name="Id">As the client was told.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Address">The client's, as text; null if it is not known.</param>
/// <param name="Record">The bytes of its <see cref="DecisionRecord"/>.</param>
public sealed record DecisionEntry(
    string Id,
    long Time,
    string? Address,
    string? UserAgent,
    DecisionAction Action,
    int Score,
    byte[] Record
);

/// <summary>What a verification of the records of decisions found.</summary>
/// <param name="Unreadable">Positions of decisions whose record does not open: it was changed, or belongs to another.</param>
public sealed record AuditReport(ChainReport Chain, int Heads, IReadOnlyList<long> Unreadable)
{
    public bool IsIntact => Chain.IsIntact && Unreadable.Count == 0;
}
