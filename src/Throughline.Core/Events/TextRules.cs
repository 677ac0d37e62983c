using System.Buffers;
using System.Text;

namespace Throughline.Core.Events;

/// <summary>What a text may hold, over UTF-8 that is known to be valid. Lengths count code points, as JSON Schema does.</summary>
internal static class TextRules
{
    private static readonly SearchValues<byte> Suspects = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (byte)i),
        0x7f,
        0xc2,
    ]);

    /// <summary>True for C0, DEL or C1 anywhere.</summary>
    public static bool HasControl(ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            int at = utf8.IndexOfAny(Suspects);
            if (at < 0)
                return false;
            if (utf8[at] != 0xc2 || utf8[at + 1] < 0xa0)
                return true;
            utf8 = utf8[(at + 2)..];
        }
    }

    public static bool IsLonger(ReadOnlySpan<byte> utf8, int max)
    {
        if (utf8.Length <= max)
            return false;
        int count = 0;
        foreach (byte unit in utf8)
            if ((unit & 0xc0) != 0x80 && ++count > max)
                return true;
        return false;
    }

    /// <summary>Without white space (as Unicode defines it) at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        while (
            Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) == OperationStatus.Done && Rune.IsWhiteSpace(rune)
        )
            utf8 = utf8[used..];
        while (
            Rune.DecodeLastFromUtf8(utf8, out Rune rune, out int used) == OperationStatus.Done
            && Rune.IsWhiteSpace(rune)
        )
            utf8 = utf8[..^used];
        return utf8;
    }

    /// <summary>A name of the form <c>[a-z][a-z0-9_]*</c>, with also <c>.</c> and <c>-</c> if <paramref name="dotted"/>.</summary>
    public static bool IsName(ReadOnlySpan<byte> utf8, int max, bool dotted)
    {
        if (utf8.IsEmpty || utf8.Length > max || utf8[0] is < (byte)'a' or > (byte)'z')
            return false;
        foreach (byte unit in utf8)
            if (
                unit is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_')
                && !(dotted && unit is (byte)'.' or (byte)'-')
            )
                return false;
        return true;
    }
}
