using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Storage.Pages;

/// <summary>
/// Pages of one state in memory that the collector does not look after. A page that an image or a fork shared is written on in place once
/// that is done with it, and copies are made in pages that were used before: to take new ones from the system costs several times what
/// copying does. So a state keeps what its images took, until nobody can reach it any more.
/// </summary>
public sealed class MemoryPages : IPageSource
{
    private readonly PagePool pool = new(Grow);

    /// <inheritdoc/>
    public bool IsFar => false;

    /// <summary>Bytes that were taken from the system.</summary>
    public long ReservedBytes => pool.ReservedBytes;

    /// <summary>Bytes of pages that somebody holds.</summary>
    public long UsedBytes => pool.UsedBytes;

    /// <inheritdoc/>
    public IPageHold Hold() => new PageHold(pool, isFar: false, []);

    private static PageChunk Grow(long reserved)
    {
        long bytes = PagePool.NextChunkBytes(reserved);
        return new(new NativeChunk(bytes), bytes);
    }

    private sealed unsafe class NativeChunk : SafeHandle
    {
        private readonly long bytes;

        public NativeChunk(long bytes)
            : base(0, ownsHandle: true)
        {
            this.bytes = bytes;
            SetHandle((nint)NativeMemory.AlignedAlloc((nuint)bytes, IPageSource.PageBytes));
            GC.AddMemoryPressure(bytes);
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMemory.AlignedFree((void*)handle);
            GC.RemoveMemoryPressure(bytes);
            return true;
        }
    }
}
