using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Ingest;

/// <summary>
/// The results of one request's events in the order sent. Ids are copied into one buffer, so that nothing is allocated
/// for an event that is taken. Reused from request to request.
/// </summary>
internal sealed class ResultList
{
    private static readonly Rejection TooLate = new(
        RejectionReason.TooLate,
        "/time",
        "The event is older than the tenant's horizon allows; send it as a backfill."
    );

    private static readonly Rejection IdConflict = new(
        RejectionReason.IdConflict,
        "/id",
        "Another event with this id was accepted before."
    );

    /// <summary>A new name, and no room for it.</summary>
    public static readonly Rejection TooManyNames = new(
        RejectionReason.TooManyNames,
        "",
        "It uses a new identifier type, campaign, event name or kind of conversion, and the tenant has as many as it can."
    );

    private readonly List<Rejection> rejections = [];
    private readonly List<string> newNames = [];
    private EventResult[] results = new EventResult[256];
    private byte[] ids = new byte[8192];
    private int idBytes;
    private int settled; // results before this one are not pending

    public int Count { get; private set; }
    public int Accepted { get; private set; }
    public int Duplicates { get; private set; }
    public int Rejected { get; private set; }

    public ref readonly EventResult this[int index] => ref results[index];

    public ReadOnlySpan<byte> Id(in EventResult result) => ids.AsSpan(result.IdStart, result.IdLength);

    public Rejection Rejection(in EventResult result) => rejections[result.Rejection];

    /// <summary>The name that an event has declared, or null.</summary>
    public string? NewName(in EventResult result) => result.NewName == 0 ? null : newNames[result.NewName - 1];

    /// <summary>Adds an event that goes to the writer.</summary>
    /// <param name="isTimeOurs">Its time is the door's: another event of its id is the same one, sent again.</param>
    public void AddPending(ReadOnlySpan<byte> id, bool isTimeOurs = false)
    {
        ref EventResult added = ref Add(id);
        (added.Outcome, added.IsTimeOurs) = (EventOutcome.Pending, isTimeOurs);
    }

    /// <summary>Adds an event that does not.</summary>
    /// <param name="id">Empty if the event has no id that can be repeated.</param>
    public void AddRejected(ReadOnlySpan<byte> id, in Rejection rejection) => Reject(ref Add(id), rejection);

    /// <summary>True if an event was refused by the tenant and not at the door: its pointer is into our own form.</summary>
    public static bool IsLate(in Rejection rejection) =>
        rejection.Reason is RejectionReason.TooLate or RejectionReason.IdConflict or RejectionReason.TooManyNames;

    /// <summary>Refuses what was to go to the writer and has not gone.</summary>
    public void RejectPending(in Rejection rejection)
    {
        for (int i = settled; i < Count; i++)
            if (results[i].Outcome == EventOutcome.Pending)
                Reject(ref results[i], rejection);
    }

    /// <summary>Fills in what became of the oldest pending events, in order.</summary>
    public void Settle(SubmitReceipt receipt)
    {
        IReadOnlyList<ApplyStatus> statuses = receipt.Statuses;
        int named = 0;
        for (int i = 0; i < statuses.Count; settled++)
        {
            if (settled == Count)
                throw new InvalidOperationException("the cell answered for more events than it was given");
            ref EventResult result = ref results[settled];
            if (result.Outcome != EventOutcome.Pending)
                continue;
            if (named < receipt.NewNames.Count && receipt.NewNames[named].Index == i)
            {
                newNames.Add(receipt.NewNames[named++].Name);
                result.NewName = newNames.Count;
            }
            switch (statuses[i++])
            {
                case ApplyStatus.Accepted:
                    result.Outcome = EventOutcome.Accepted;
                    Accepted++;
                    break;
                case ApplyStatus.Duplicate:
                case ApplyStatus.IdConflict when result.IsTimeOurs:
                    result.Outcome = EventOutcome.Duplicate;
                    Duplicates++;
                    break;
                case ApplyStatus.TooLate:
                    Reject(ref result, TooLate);
                    break;
                case ApplyStatus.IdConflict:
                    Reject(ref result, IdConflict);
                    break;
                case ApplyStatus.TooManyNames:
                    Reject(ref result, TooManyNames);
                    break;
                default:
                    throw new InvalidOperationException("the cell answered with a status that is unknown here");
            }
        }
    }

    public void Clear()
    {
        rejections.Clear();
        newNames.Clear();
        Count = Accepted = Duplicates = Rejected = idBytes = settled = 0;
    }

    private ref EventResult Add(ReadOnlySpan<byte> id)
    {
        if (Count == results.Length)
            Array.Resize(ref results, Count * 2);
        if (idBytes + id.Length > ids.Length)
            Array.Resize(ref ids, Math.Max(ids.Length * 2, idBytes + id.Length));
        id.CopyTo(ids.AsSpan(idBytes));
        ref EventResult result = ref results[Count++];
        result = new() { IdStart = idBytes, IdLength = id.Length };
        idBytes += id.Length;
        return ref result;
    }

    private void Reject(ref EventResult result, in Rejection rejection)
    {
        result.Outcome = EventOutcome.Rejected;
        result.Rejection = rejections.Count;
        rejections.Add(rejection);
        Rejected++;
    }
}
