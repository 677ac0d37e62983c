using Throughline.Core.Events;

namespace Throughline.Storage.Log;

/// <summary>
/// The one durable thing of a tenant: its accepted events in order, and the results they gave. One writer commits; any
/// number of threads may read what is committed meanwhile. After a <see cref="LogException"/> the log refuses further
/// use and has to be opened anew: what it then holds is the truth.
/// </summary>
public interface ITenantLog : IDisposable
{
    /// <summary>The position that the next committed event gets; 0 in an empty log.</summary>
    long NextPosition { get; }

    /// <summary>The sequence number that the next committed result gets; 0 in an empty log.</summary>
    long NextResult { get; }

    /// <summary>
    /// Makes a batch durable, all of it or nothing. Its events get the positions from <see cref="NextPosition"/> on, its
    /// results the sequence numbers from <see cref="NextResult"/> on. Returns only when the batch would survive a loss
    /// of power.
    /// </summary>
    /// <exception cref="LogException">The batch is not committed, or it is unknown whether it is.</exception>
    void Commit(in LogBatch batch);

    /// <summary>Appends the stored form of one committed event to <paramref name="target"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    /// <exception cref="StoreDamagedException">Its block is damaged.</exception>
    void Read(long position, RecordBuffer target);

    /// <summary>Appends one committed result to <paramref name="target"/>; errors as of <see cref="Read"/>.</summary>
    void ReadResult(long sequence, RecordBuffer target);

    /// <summary>
    /// Gives all events from a position on that are committed when the scan starts, in order, until the handler
    /// returns false. A position at or after the end gives nothing.
    /// </summary>
    void Scan(long fromPosition, ScanHandler handler);

    /// <summary>As <see cref="Scan"/>, for results.</summary>
    void ScanResults(long fromSequence, ScanHandler handler);

    /// <summary>
    /// Puts other bytes in the place of committed events: positions and lengths stay. Returns when that would survive a loss of power, and
    /// no file of the log holds the bytes before any more. A crash on the way leaves each event as it was or as it is to be.
    /// </summary>
    /// <param name="events">Ascending by position, a few hundred at most: the writer waits meanwhile.</param>
    /// <exception cref="ArgumentException">A record is not as long as the one that it replaces.</exception>
    /// <exception cref="LogException">It failed, and may have happened all the same.</exception>
    void Replace(IReadOnlyList<ReplacedEvent> events);

    /// <summary>Gives up what an idle tenant does not need (connections, caches); the next use brings it back.</summary>
    void ReleaseIdle();
}

/// <summary>
/// Takes one record of a scan: its position (or sequence number) and its bytes, which are valid during the call only.
/// False ends the scan.
/// </summary>
public delegate bool ScanHandler(long position, ReadOnlySpan<byte> record);

/// <summary>What an event's record is to be.</summary>
/// <param name="FreeAt">
/// Where four bytes of it stand that mean nothing, and may be changed on the way; -1 for none. With them the row is sure to keep its size,
/// and is overwritten where it stands.
/// </param>
public readonly record struct ReplacedEvent(long Position, byte[] Record, int FreeAt = -1);
