using System.Buffers;

namespace Throughline.Cli.Service;

/// <summary>A growing buffer of pooled memory, so that millions of events make no garbage; return it by disposing.</summary>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] data = ArrayPool<byte>.Shared.Rent(capacity);
    private int length;

    public int Length => length;

    public ReadOnlyMemory<byte> Memory => data.AsMemory(0, length);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return data.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return data.AsSpan(length);
    }

    public void Dispose()
    {
        byte[] returned = data;
        data = [];
        length = 0;
        if (returned.Length > 0)
            ArrayPool<byte>.Shared.Return(returned);
    }

    private void Grow(int sizeHint)
    {
        int needed = checked(length + Math.Max(sizeHint, 1));
        if (needed <= data.Length)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, data.Length * 2));
        data.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(data);
        data = larger;
    }
}
