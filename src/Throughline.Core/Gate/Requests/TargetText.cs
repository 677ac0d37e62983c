namespace Throughline.Core.Gate.Requests;

/// <summary>
/// A request's path and query as patterns of attacks are searched in: percent-decoded until nothing changes (at most 3 times, also
/// <c>%uXXXX</c> and overlong UTF-8, which some servers take), <c>\</c> as <c>/</c>, <c>//</c> and <c>/./</c> of the path as <c>/</c>
/// (but <c>/../</c> stays to be found), <c>+</c> of the query as a space, lower case. Not for two threads.
/// </summary>
internal sealed class TargetText
{
    /// <summary>Longer targets are cut: what is behind is not searched, and cost stays bounded.</summary>
    public const int MaxLength = 64 * 1024;

    private const int Rounds = 3;

    private char[] buffer = new char[512];

    /// <summary>The path's part of <see cref="Normalize"/>'s last result.</summary>
    public int PathLength { get; private set; }

    /// <summary>The normalised target; valid until the next call.</summary>
    public ReadOnlySpan<char> Normalize(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        path = path[..Math.Min(path.Length, MaxLength)];
        query = query[..Math.Min(query.Length, MaxLength - path.Length)];
        int needed = path.Length + query.Length + 1;
        if (buffer.Length < needed)
            buffer = new char[Math.Min(2 * needed, MaxLength + 1)];
        path.CopyTo(buffer);
        PathLength = Separators(buffer, Decode(buffer.AsSpan(0, path.Length)));
        if (query.IsEmpty)
            return buffer.AsSpan(0, PathLength);
        buffer[PathLength] = '?';
        Span<char> rest = buffer.AsSpan(PathLength + 1, query.Length);
        query.CopyTo(rest);
        rest.Replace('+', ' ');
        rest = rest[..Decode(rest)];
        rest.Replace('\\', '/');
        return buffer.AsSpan(0, PathLength + 1 + rest.Length);
    }

    // In place: a decoded text is never longer.
    private static int Decode(Span<char> text)
    {
        int length = text.Length;
        for (int round = 0; round < Rounds && text[..length].Contains('%'); round++)
        {
            int before = length;
            length = DecodeOnce(text[..length]);
            if (length == before)
                break;
        }
        for (int i = 0; i < length; i++)
            text[i] = char.ToLowerInvariant(text[i]);
        return length;
    }

    private static int DecodeOnce(Span<char> text)
    {
        int to = 0;
        for (int from = 0; from < text.Length; )
        {
            if (text[from] != '%')
                text[to++] = text[from++];
            else if (Byte(text, from) is >= 0 and var first)
                to = Sequence(text, ref from, first, to);
            else if (Wide(text, from) is >= 0 and var wide)
            {
                text[to++] = (char)wide;
                from += 6;
            }
            else
                text[to++] = text[from++];
        }
        return to;
    }

    // A byte alone stands for the character of its number; a lead with its continuations for theirs, overlong or not.
    private static int Sequence(Span<char> text, ref int from, int first, int to)
    {
        int more = first switch
        {
            >= 0xC0 and <= 0xDF => 1,
            >= 0xE0 and <= 0xEF => 2,
            >= 0xF0 and <= 0xF7 => 3,
            _ => 0,
        };
        int code = more == 0 ? first : first & (0x3F >> more);
        for (int i = 1; i <= more; i++)
        {
            int next = Byte(text, from + 3 * i);
            if ((next & 0xC0) != 0x80 || next < 0)
            {
                (more, code) = (0, first);
                break;
            }
            code = code << 6 | next & 0x3F;
        }
        from += 3 * (more + 1);
        if (code > 0x10FFFF)
            code = '\uFFFD';
        if (code >= 0x10000)
        {
            text[to++] = (char)(0xD800 + ((code - 0x10000) >> 10));
            code = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        text[to++] = (char)code;
        return to;
    }

    private static int Byte(ReadOnlySpan<char> text, int at) =>
        at + 2 < text.Length && text[at] == '%'
            ? Hex(text[at + 1]) is >= 0 and var high && Hex(text[at + 2]) is >= 0 and var low
                ? high << 4 | low
                : -1
            : -1;

    private static int Wide(ReadOnlySpan<char> text, int at)
    {
        if (at + 5 >= text.Length || (text[at + 1] | 0x20) != 'u')
            return -1;
        int code = 0;
        for (int i = 2; i < 6; i++)
        {
            int digit = Hex(text[at + i]);
            if (digit < 0)
                return -1;
            code = code << 4 | digit;
        }
        return code;
    }

    private static int Hex(char c) =>
        c switch
        {
            >= '0' and <= '9' => c - '0',
            >= 'a' and <= 'f' => c - 'a' + 10,
            >= 'A' and <= 'F' => c - 'A' + 10,
            _ => -1,
        };

    private static int Separators(Span<char> text, int length)
    {
        int to = 0;
        for (int from = 0; from < length; from++)
        {
            char c = text[from] == '\\' ? '/' : text[from];
            bool after = to > 0 && text[to - 1] == '/';
            if (c == '/' && after)
                continue;
            if (c == '.' && after && from + 1 < length && text[from + 1] is '/' or '\\')
                continue; // the separator behind goes next
            text[to++] = c;
        }
        return to;
    }
}
