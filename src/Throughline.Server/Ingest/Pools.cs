using System.Collections.Concurrent;
using Throughline.Core.Events;

namespace Throughline.Server.Ingest;

/// <summary>Keeps a few objects for the next request; what is too many is left to the garbage collector.</summary>
internal sealed class BoundedPool<T>(int max, Func<T> create)
    where T : class
{
    private readonly ConcurrentQueue<T> kept = new();
    private int count;

    public T Rent()
    {
        if (!kept.TryDequeue(out T? found))
            return create();
        Interlocked.Decrement(ref count);
        return found;
    }

    public void Return(T used)
    {
        if (Interlocked.Increment(ref count) <= max)
            kept.Enqueue(used);
        else
            Interlocked.Decrement(ref count);
    }
}

/// <summary>Record buffers on their way between requests and writers; at most 32 are kept, of little more than 1 MiB each.</summary>
internal static class RecordBufferPool
{
    private static readonly BoundedPool<RecordBuffer> Pool = new(32, () => new());

    public static RecordBuffer Rent() => Pool.Rent();

    public static void Return(RecordBuffer buffer)
    {
        buffer.Clear();
        Pool.Return(buffer);
    }
}

/// <summary>Sessions with their windows of up to 256 KiB; at most 32 are kept.</summary>
internal static class IngestSessionPool
{
    private static readonly BoundedPool<IngestSession> Pool = new(32, () => new());

    public static IngestSession Rent() => Pool.Rent();

    public static void Return(IngestSession session)
    {
        session.Clear();
        Pool.Return(session);
    }
}
