using System.Runtime.InteropServices;

namespace Throughline.Core.Gate.Counters;

/// <summary>How a cell's payload is laid out.</summary>
internal enum CellForm : byte
{
    /// <summary>Nobody's.</summary>
    Free = 0,

    /// <summary>Single events or values, up to what the cell holds; of a bucket its level.</summary>
    Exact = 1,

    /// <summary>64 sub-windows.</summary>
    Ring = 2,

    /// <summary>A HyperLogLog over a sliding window.</summary>
    Sketch = 3,
}

/// <summary>What each cell begins with: whose it is, its place among the keys of its counter, and how to read what follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CellHeader
{
    public const int Size = 40;

    public ulong KeyLow;
    public ulong KeyHigh;

    /// <summary>The greatest time counted, where the key's window ends.</summary>
    public long Latest;

    /// <summary>The key of the same counter that was counted before this one; of a free cell the next free one; -1: none.</summary>
    public int Older;
    public int Newer;

    /// <summary>Lowest bits of the time when it took its place among <see cref="Older"/> and <see cref="Newer"/>.</summary>
    public uint PlacedAt;
    public ushort Counter;
    public CellForm Form;

    /// <summary>Events or values of an exact form.</summary>
    public byte Count;

    public readonly UInt128 Key => new(KeyHigh, KeyLow);
}

/// <summary>The sizes of cells: a key has one cell and moves to a larger one as it grows.</summary>
internal static class CellSizes
{
    public const int Classes = 13;

    /// <summary>A page holds cells of one size. One of the largest cells fills it.</summary>
    public const int PageBytes = 98_688;

    // For 6, 16 single times; 2, 6, 16, 64 times with a number; rings of 64 small and large sub-windows; sketches.
    private static readonly int[] Bytes =
    [
        64,
        112,
        232,
        296,
        552,
        896,
        1664,
        3200,
        6168,
        12_336,
        24_672,
        49_344,
        PageBytes,
    ];

    public const int Tiny = 0;
    public const int Times = 1;
    public const int Amounts = 2;
    public const int SmallRing = 3;
    public const int LargeRing = 4;
    public const int FirstSketch = 5;
    public const int LastSketch = Classes - 1;

    public static int Of(int size) => Bytes[size];

    public static int PayloadOf(int size) => Bytes[size] - CellHeader.Size;

    public static int PerPage(int size) => PageBytes / Bytes[size];
}
