using System.Runtime.CompilerServices;

namespace Throughline.Cel.Regex;

/// <summary>Text as code points: a surrogate pair is one, a surrogate without its other half stands for itself.</summary>
internal static class Utf16
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<char> text, int position, out int length)
    {
        char first = text[position];
        if (
            char.IsHighSurrogate(first)
            && position + 1 < text.Length
            && text[position + 1] is char second
            && char.IsLowSurrogate(second)
        )
        {
            length = 2;
            return char.ConvertToUtf32(first, second);
        }
        length = 1;
        return first;
    }
}
