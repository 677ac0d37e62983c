namespace Throughline.Cli.Service;

/// <summary>Events on their way to the service, as NDJSON. Disposing gives the memory back.</summary>
internal class EventBatch : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    protected PooledBuffer Buffer { get; } = new(FirstBytes);

    /// <summary>One event a line.</summary>
    public ReadOnlyMemory<byte> Body => Buffer.Memory;

    /// <summary>How many events there are.</summary>
    public int Count { get; protected set; }

    public void Dispose() => Buffer.Dispose();
}
