using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;

namespace Throughline.Server.Tenants;

/// <summary>A decision on its way into the log; the bytes of its record are beside it in a <see cref="DecisionBatch"/>.</summary>
/// <param name="Id">As the client was told.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Address">The client's; null if it is not known.</param>
/// <param name="AnswerTo">Of how a request was answered: the id of its decision.</param>
public readonly record struct DecisionEntry(
    string Id,
    long Time,
    IpAddress? Address,
    string? UserAgent,
    DecisionAction Action,
    int Score,
    string? AnswerTo = null
)
{
    /// <summary>The id of the event that says how the request of a decision was answered.</summary>
    public static string AnswerIdOf(string decision) => decision + ".answer";
}

/// <summary>Decisions that are stored together, and who waits for them; used again and again. Not for two threads.</summary>
public sealed class DecisionBatch
{
    /// <summary>What a burst made larger is let go.</summary>
    private const int KeptBytes = 4 << 20;

    private List<DecisionEntry> entries = [];
    private RecordBuffer records = new();

    public int Count => entries.Count;

    public DecisionEntry this[int index] => entries[index];

    /// <summary>Who waits, in order, and how many decisions must be stored before.</summary>
    public List<(int Behind, TaskCompletionSource Done)> Waiters { get; } = [];

    /// <summary>The bytes of a decision's <see cref="DecisionRecord"/>.</summary>
    public ReadOnlySpan<byte> Record(int index) => records[index];

    public void Add(in DecisionEntry entry, ReadOnlySpan<byte> record)
    {
        entries.Add(entry);
        records.Append(record);
    }

    public void Clear()
    {
        if (records.Length > KeptBytes)
            (entries, records) = ([], new());
        entries.Clear();
        records.Clear();
        Waiters.Clear();
    }
}

/// <summary>What a verification of the records of decisions found.</summary>
/// <param name="Unreadable">Positions of decisions whose record does not open: it was changed, or belongs to another.</param>
public sealed record AuditReport(ChainReport Chain, int Heads, IReadOnlyList<long> Unreadable)
{
    public bool IsIntact => Chain.IsIntact && Unreadable.Count == 0;
}
