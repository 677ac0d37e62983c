namespace Throughline.Core.Tenant;

/// <summary>Where a subject's last result is, and which revision it was: 8 bytes, all zero before the first.</summary>
internal readonly record struct ResultRef
{
    private readonly ulong packed;

    private ResultRef(ulong packed) => this.packed = packed;

    /// <summary>Sequence of the result.</summary>
    public long Sequence => (long)(packed >> 24);

    /// <summary>Counts from 1 (wraps at 2^24); 0 before the first.</summary>
    public int Revision => (int)packed & 0xff_ffff;

    public bool Exists => packed != 0;

    public static ResultRef Of(long sequence, int revision) => new((ulong)sequence << 24 | (uint)revision & 0xff_ffff);

    public ResultRef Next(long sequence) => new((ulong)sequence << 24 | (uint)(Revision + 1) & 0xff_ffff);
}
