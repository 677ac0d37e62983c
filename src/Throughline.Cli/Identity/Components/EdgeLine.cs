using System.Text.Unicode;
using Throughline.Cli.Input;

namespace Throughline.Cli.Identity.Components;

/// <summary>
/// One line of a file of edges: two fields, apart by a comma or a tab. A field in double quotes may hold both, and a quote as
/// two; it ends on its line. Anything else of a field counts, spaces too.
/// </summary>
internal static class EdgeLine
{
    /// <summary>Takes a line apart; <see cref="InputReason.None"/> if that worked.</summary>
    /// <param name="line">Without its end. Doubled quotes are made one in it, so read it once.</param>
    public static InputReason Read(Span<byte> line, out Field a, out Field b)
    {
        b = default;
        int at = 0;
        InputReason reason = ReadField(line, ref at, out a, out bool goesOn);
        if (reason != InputReason.None)
            return reason;
        if (!goesOn)
            return InputReason.ColumnsInvalid;
        reason = ReadField(line, ref at, out b, out goesOn);
        if (reason != InputReason.None)
            return reason;
        if (goesOn)
            return InputReason.ColumnsInvalid;
        if (a.Length == 0 || b.Length == 0)
            return InputReason.IdentifierEmpty;
        return Utf8.IsValid(line.Slice(a.Start, a.Length)) && Utf8.IsValid(line.Slice(b.Start, b.Length))
            ? InputReason.None
            : InputReason.Utf8Invalid;
    }

    private static InputReason ReadField(Span<byte> line, ref int at, out Field field, out bool goesOn)
    {
        if (at < line.Length && line[at] == '"')
            return ReadQuoted(line, ref at, out field, out goesOn);
        int length = line[at..].IndexOfAny((byte)',', (byte)'\t');
        goesOn = length >= 0;
        field = new(at, goesOn ? length : line.Length - at);
        at += field.Length + 1;
        return InputReason.None;
    }

    private static InputReason ReadQuoted(Span<byte> line, ref int at, out Field field, out bool goesOn)
    {
        field = default;
        goesOn = false;
        int start = ++at;
        int end = start;
        while (true)
        {
            int quote = line[at..].IndexOf((byte)'"');
            if (quote < 0)
                return InputReason.QuoteOpen;
            line.Slice(at, quote).CopyTo(line[end..]);
            end += quote;
            at += quote + 1;
            if (at == line.Length || line[at] != '"')
                break;
            line[end++] = (byte)'"';
            at++;
        }
        field = new(start, end - start);
        goesOn = at < line.Length && line[at] is (byte)',' or (byte)'\t';
        at += goesOn ? 1 : 0;
        return goesOn || at == line.Length ? InputReason.None : InputReason.ColumnsInvalid;
    }

    /// <summary>A part of a line, in bytes.</summary>
    internal readonly record struct Field(int Start, int Length);
}
