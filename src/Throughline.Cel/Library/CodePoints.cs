using System.Text;

namespace Throughline.Cel.Library;

/// <summary>
/// Strings as sequences of code points (specification, "String and Bytes Values"), though .NET keeps UTF-16: what an index or
/// a size counts. A surrogate without its other half counts as one.
/// </summary>
public static class CodePoints
{
    /// <summary>How many there are: what <c>size(string)</c> gives.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1]))
            {
                count--;
                i++;
            }
        return count;
    }

    /// <summary>Where the code point of a number begins, in UTF-16 units; -1 if the text is shorter. Its length is allowed.</summary>
    public static int Offset(ReadOnlySpan<char> text, long number)
    {
        if (number < 0 || number > text.Length)
            return -1;
        if (!text.ContainsAnyInRange('\uD800', '\uDBFF'))
            return (int)number;
        int at = 0;
        for (; number > 0; number--)
        {
            if (at >= text.Length)
                return -1;
            at += LengthAt(text, at);
        }
        return at;
    }

    /// <summary>UTF-16 units of the code point that begins here: 1 or 2.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>The text with its code points in reverse order.</summary>
    public static string Reverse(string text)
    {
        StringBuilder result = new(text.Length);
        for (int end = text.Length; end > 0; )
        {
            int length = end >= 2 && char.IsLowSurrogate(text[end - 1]) && char.IsHighSurrogate(text[end - 2]) ? 2 : 1;
            result.Append(text, end - length, length);
            end -= length;
        }
        return result.ToString();
    }
}
