using Throughline.Core.Events;

namespace Throughline.Core.Tenant;

/// <summary>An accepted event id and where its event is.</summary>
public readonly record struct IdEntry(Token Id, long Position) : IComparable<IdEntry>
{
    public int CompareTo(IdEntry other)
    {
        int id = Id.CompareTo(other.Id);
        return id != 0 ? id : Position.CompareTo(other.Position);
    }
}

/// <summary>
/// The one port that the machine needs: what it no longer holds in memory. Events are found by position, ids of days
/// that were retired from memory by value. Implementations are called by the tenant's one writer only, and may throw
/// for trouble of the environment: the cell then closes and is rebuilt.
/// </summary>
public interface IHistory
{
    /// <summary>The stored form of an accepted event, also of one that is not committed yet; valid until the next call.</summary>
    ReadOnlySpan<byte> Read(long position);

    /// <summary>
    /// Looks an id up in all retired days. <paramref name="before"/> is the machine's next position: entries at or
    /// after it are of a future that this machine has not reached (a replay) and are not found.
    /// </summary>
    bool TryFindId(Token id, long before, out long position);

    /// <summary>Hints that an id will be looked up soon: its memory may be fetched into the cache; nothing is read from files.</summary>
    void Foresee(Token id) { }
}

/// <summary>For machines that are only looked at.</summary>
internal sealed class NoHistory : IHistory
{
    public static NoHistory Instance { get; } = new();

    public ReadOnlySpan<byte> Read(long position) => throw new NotSupportedException("it has no history");

    public bool TryFindId(Token id, long before, out long position) =>
        throw new NotSupportedException("it has no history");
}
