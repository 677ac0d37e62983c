using FsCheck;
using FsCheck.Fluent;

namespace Throughline.Core.Tests.Events;

/// <summary>Generators that several of these tests use.</summary>
internal static class Generators
{
    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static Gen<long> Long(long min, long max) =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select min + (long)((UInt128)(((ulong)high << 31) | (uint)low) * (UInt128)(max - min + 1L) >> 62);
}
