namespace Throughline.Core.Identity.Components;

/// <summary>An identifier as a line of a file has it: a whole number, or a text in a block of bytes.</summary>
public struct Mention
{
    internal long Value; // the whole number, or where the text begins
    internal int Length; // of the text in bytes; or Whole
    internal uint Hash;

    internal const int Whole = -1;

    /// <summary>A whole number.</summary>
    public static Mention Of(long whole) => new() { Value = whole, Length = Whole };

    /// <summary>A part of a block: at most <see cref="TextArena.MaxBytes"/>.</summary>
    public static Mention Of(int start, int length) => new() { Value = start, Length = length };

    internal readonly ReadOnlySpan<byte> In(ReadOnlySpan<byte> block) => block.Slice((int)Value, Length);
}
