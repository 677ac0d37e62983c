using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;

namespace Throughline.Server.Tenants;

/// <summary>A decision on its way into the log.</summary>
/// <param name="Id">As the client was told.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Address">The client's, as text; null if it is not known.</param>
/// <param name="Record">The bytes of its <see cref="DecisionRecord"/>.</param>
/// <param name="AnswerTo">Of how a request was answered: the id of its decision.</param>
public sealed record DecisionEntry(
    string Id,
    long Time,
    string? Address,
    string? UserAgent,
    DecisionAction Action,
    int Score,
    byte[] Record,
    string? AnswerTo = null
)
{
    /// <summary>The id of the event that says how the request of a decision was answered.</summary>
    public static string AnswerIdOf(string decision) => decision + ".answer";
}

/// <summary>What a verification of the records of decisions found.</summary>
/// <param name="Unreadable">Positions of decisions whose record does not open: it was changed, or belongs to another.</param>
public sealed record AuditReport(ChainReport Chain, int Heads, IReadOnlyList<long> Unreadable)
{
    public bool IsIntact => Chain.IsIntact && Unreadable.Count == 0;
}
