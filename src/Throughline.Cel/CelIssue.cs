using System.Globalization;
using System.Text;

namespace Throughline.Cel;

/// <summary>What is wrong with an expression, and where. Prints as the message, the line, and a caret below the place.</summary>
/// <param name="Position">In the source text: UTF-16 units from 0.</param>
/// <param name="Line">From 1; <c>\n</c>, <c>\r\n</c> and <c>\r</c> end lines.</param>
/// <param name="Column">From 1, in code points.</param>
/// <param name="Message">One sentence without a full stop.</param>
/// <param name="Excerpt">The line, or the part of a long one around the place, with a caret line below.</param>
public sealed record CelIssue(int Position, int Line, int Column, string Message, string Excerpt)
{
    // Long lines are cut to what is around the place.
    private const int CodePointsBefore = 60;
    private const int CodePointsAfter = 40;

    /// <summary>An issue at a position of a source text; positions outside are moved to its ends.</summary>
    public static CelIssue At(string source, int position, string message)
    {
        position = Math.Clamp(position, 0, source.Length);
        (int line, int start) = LineOf(source, position);
        int end = source.AsSpan(start).IndexOfAny('\r', '\n');
        ReadOnlySpan<char> before = source.AsSpan(start, position - start);
        ReadOnlySpan<char> after = end < 0 ? source.AsSpan(position) : source.AsSpan(position, start + end - position);
        return new CelIssue(position, line, CodePoints(before) + 1, message, ExcerptOf(before, after));
    }

    /// <summary>Line, column and message, the line itself, and a caret under the place.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}\n{Excerpt}");

    private static (int Line, int Start) LineOf(string source, int position)
    {
        int line = 1;
        int start = 0;
        for (int i = 0; i < position; i++)
        {
            bool ends = source[i] == '\n' || (source[i] == '\r' && (i + 1 >= source.Length || source[i + 1] != '\n'));
            if (!ends)
                continue;
            line++;
            start = i + 1;
        }
        return (line, start);
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static string ExcerptOf(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        StringBuilder text = new("  | ");
        int skip = Math.Max(0, CodePoints(before) - CodePointsBefore);
        int caret = CodePoints(before) - skip;
        if (skip > 0)
        {
            text.Append("...");
            caret += 3;
        }
        AppendVisible(text, before, skip, int.MaxValue);
        if (AppendVisible(text, after, 0, CodePointsAfter))
            text.Append("...");
        return text.Append("\n  | ").Append(' ', caret).Append('^').ToString();
    }

    // One column for each code point: control characters and halves of pairs would move or break the line. True if cut off.
    private static bool AppendVisible(StringBuilder text, ReadOnlySpan<char> part, int skip, int take)
    {
        foreach (Rune rune in part.EnumerateRunes())
        {
            if (skip-- > 0)
                continue;
            if (take-- == 0)
                return true;
            text.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        return false;
    }
}
