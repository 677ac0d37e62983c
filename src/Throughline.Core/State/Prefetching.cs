using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Throughline.Core.State;

/// <summary>Asks the processor for memory that will be read soon. A hint: where the processor has none, nothing happens.</summary>
public static class Prefetching
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Of<T>(ref readonly T place)
    {
        // The collector may move the place meanwhile: then the hint is useless, and harmless.
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }
}
