namespace Throughline.Server.Ingest;

/// <summary>What the sender is told about an event.</summary>
internal enum EventOutcome : byte
{
    /// <summary>With the writer; never answered.</summary>
    Pending,
    Accepted,
    Duplicate,
    Rejected,
}

/// <summary>One event's line in the answer.</summary>
internal struct EventResult
{
    public int IdStart;
    public int IdLength;
    public EventOutcome Outcome;

    /// <summary>Its time is the door's: another event of its id is the same one, sent again.</summary>
    public bool IsTimeOurs;

    /// <summary>Of a rejected event: its place in <see cref="ResultList.Rejection"/>.</summary>
    public int Rejection;

    /// <summary>Of an accepted event that declared a name: its place in <see cref="ResultList.NewName"/>, from 1; else 0.</summary>
    public int NewName;
}
