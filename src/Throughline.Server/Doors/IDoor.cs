using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Doors;

/// <summary>What a door needs to know of a request.</summary>
/// <param name="Received">When its body was there: milliseconds.</param>
/// <param name="ByWriteKey">By a key that may stand in a page.</param>
internal sealed record DoorRequest(HttpRequest Http, DoorModel Model, long Received, bool ByWriteKey);

/// <summary>A form in which other tools send events.</summary>
internal interface IDoor
{
    /// <summary>In metrics and answers.</summary>
    string Name { get; }

    int BodyBytesMax { get; }

    /// <summary>The write key that a body holds, where senders of this door put it there; null: none.</summary>
    string? KeyOf(ReadOnlySpan<byte> body) => null;

    /// <summary>Cuts a body into messages; null: it is not of the form at all.</summary>
    DoorBatch? Open(ReadOnlyMemory<byte> body, DoorRequest request);
}

/// <summary>The messages of one request.</summary>
internal abstract class DoorBatch : IDisposable
{
    public abstract int Count { get; }

    /// <summary>Where a message stands in the body, as a JSON pointer.</summary>
    public abstract string PlaceOf(int index);

    /// <summary>Where the id and the time of a message are, below its place.</summary>
    public abstract (string Id, string Time) Places { get; }

    /// <summary>Understands a message; its elements live until the next call. False: why not, with a pointer below the message's place.</summary>
    public abstract bool TryRead(int index, DoorFact fact, out Rejection rejection);

    public abstract void Dispose();
}
