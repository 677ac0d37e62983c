using Throughline.Core.Events;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Ingest;

/// <summary>Why <see cref="IngestSession.Advance"/> came back.</summary>
internal enum IngestStep
{
    /// <summary>The next piece of the body is needed.</summary>
    NeedMore,

    /// <summary>The chunk is full and wants to go to the writer.</summary>
    ChunkFull,

    /// <summary>The body is at its end.</summary>
    End,

    Malformed,
    Truncated,
    TooManyEvents,
}

/// <summary>
/// Takes one request's body in pieces and makes records of its events: cut, parse, tokenise, seal, in one pass over a
/// window of the body, without an allocation per event. Reused; one request at a time.
/// </summary>
internal sealed class IngestSession
{
    private const int WindowBytesFirst = 16 * 1024;
    private const int WindowBytesMax = 256 * 1024;
    private const int ChunkRecords = 2048;
    private const int ChunkBytes = 1024 * 1024;

    private static readonly Rejection TooLarge = new(
        RejectionReason.TooLarge,
        "",
        $"The event is larger than {EventLimits.Bytes} bytes."
    );

    private static readonly Rejection TooEarly = new(
        RejectionReason.TooEarly,
        "/time",
        "The event is ahead of the server's clock by more than the allowed skew."
    );

    private static readonly Rejection Followed = new(
        RejectionReason.MalformedJson,
        "",
        "Something follows the event; send several in an array or one a line."
    );

    private byte[] window = new byte[WindowBytesFirst];
    private readonly RawEvent parsed = new();
    private IngestOptions options = null!;
    private EventSplitter splitter = null!;
    private EventEncoder? encoder;
    private IEventKeys? encoderKeys;
    private int start;
    private int end;
    private long consumed;
    private long whole; // of a body that somebody else has read

    public ResultList Results { get; } = new();

    /// <summary>The answer under way.</summary>
    public AnswerBuffer Answer { get; } = new();

    /// <summary>Records that were not given to the writer yet.</summary>
    public RecordBuffer Chunk { get; private set; } = null!;

    /// <summary>The body turned out to be one event and no batch.</summary>
    public bool IsSingle => splitter.IsSingle;

    /// <summary>Bytes of the decoded body that were understood.</summary>
    public long Offset => consumed;

    /// <summary>All bytes of the decoded body so far.</summary>
    public long Received => consumed + end - start + whole;

    public void Begin(IngestOptions options)
    {
        this.options = options;
        splitter = new(options.Form, EventLimits.Bytes);
        if (encoderKeys != options.Keys)
            (encoderKeys, encoder) = (options.Keys, new(options.Keys));
        Chunk = RecordBufferPool.Rent();
    }

    /// <summary>Where the next piece of the body goes; never empty, since no more than one event is ever left over.</summary>
    public Memory<byte> Free()
    {
        if (end == window.Length && window.Length < WindowBytesMax)
            Array.Resize(ref window, window.Length * 4);
        if (start > 0)
        {
            window.AsSpan(start, end - start).CopyTo(window);
            end -= start;
            start = 0;
        }
        return window.AsMemory(end);
    }

    public void Filled(int count) => end += count;

    /// <summary>Works through what is in the window.</summary>
    /// <param name="last">No more pieces will come.</param>
    public IngestStep Advance(bool last)
    {
        while (true)
        {
            SplitStatus status = splitter.Next(
                window.AsSpan(start, end - start),
                last,
                out int used,
                out ReadOnlySpan<byte> json
            );
            start += used;
            consumed += used;
            switch (status)
            {
                case SplitStatus.Event or SplitStatus.Oversized when Results.Count == options.EventsMax:
                    return IngestStep.TooManyEvents;
                case SplitStatus.Event:
                    Take(json);
                    if (IsChunkFull)
                        return IngestStep.ChunkFull;
                    break;
                case SplitStatus.Oversized:
                    Results.AddRejected(default, TooLarge);
                    break;
                case SplitStatus.NeedMore:
                    return IngestStep.NeedMore;
                case SplitStatus.End:
                    return IngestStep.End;
                case SplitStatus.Truncated:
                    return IngestStep.Truncated;
                default:
                    if (splitter.IsSingle)
                        TakeBack();
                    return IngestStep.Malformed;
            }
        }
    }

    /// <summary>Gives the chunk away; the next events go into a new one.</summary>
    public RecordBuffer TakeChunk()
    {
        RecordBuffer full = Chunk;
        Chunk = RecordBufferPool.Rent();
        return full;
    }

    /// <summary>Ends the taking in; what is still in the chunk is dropped.</summary>
    public void Finish()
    {
        RecordBufferPool.Return(Chunk);
        Chunk = null!;
    }

    /// <summary>Forgets the request.</summary>
    public void Clear()
    {
        Results.Clear();
        Answer.Clear();
        start = end = 0;
        consumed = whole = 0;
    }

    /// <summary>The same for events that a door brings one by one.</summary>
    /// <param name="bytes">Of the body that they are in.</param>
    public void Begin(IngestOptions options, long bytes)
    {
        Begin(options);
        whole = bytes;
    }

    /// <summary>An event sent alone with something behind it is no event: its sender meant something else.</summary>
    private void TakeBack()
    {
        Chunk.Clear();
        Results.RejectPending(Followed);
    }

    /// <summary>The chunk wants to go to the writer.</summary>
    public bool IsChunkFull => Chunk.Count >= ChunkRecords || Chunk.Length >= ChunkBytes;

    /// <summary>Makes a record of one event, or says why not; then its result is not there yet.</summary>
    /// <param name="isTimeOurs">The event's time is not its sender's: sent again it may have another.</param>
    public bool TryTake(ReadOnlySpan<byte> json, bool isTimeOurs, out Rejection rejection)
    {
        if (!EventJson.TryParse(json, options.Rules, parsed, out rejection))
            return false;
        if (parsed.Time > options.TimeMax)
        {
            rejection = TooEarly;
            return false;
        }
        encoder!.Encode(parsed, options.Backfill, Chunk);
        Results.AddPending(parsed.Id, isTimeOurs);
        for (int i = 0; i < parsed.IdentifierCount; i++)
            if (parsed.Identifier(i).IsBlocked)
                IdentityInstruments.Blocked.Add(1, IdentityInstruments.TagOfType(parsed.Identifier(i).Type));
        return true;
    }

    private void Take(ReadOnlySpan<byte> json)
    {
        if (!TryTake(json, isTimeOurs: false, out Rejection rejection))
            Results.AddRejected(RejectedId.Find(json), rejection);
    }
}
