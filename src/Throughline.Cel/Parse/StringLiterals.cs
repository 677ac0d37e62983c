using System.Buffers;
using System.Globalization;
using System.Text;
using Throughline.Cel.Values;

namespace Throughline.Cel.Parse;

/// <summary>
/// Strings and bytes as they are written (specification, "String and Bytes Values"): plain, triple-quoted, raw, with escapes.
/// Line ends inside triple quotes count as <c>\n</c>, however the text's lines end. A code point beyond U+FFFF may also be
/// written as two escapes <c>\u</c>; half a pair alone is refused, since strings are sequences of code points.
/// </summary>
internal static class StringLiterals
{
    /// <summary>Reads the text of a string or bytes token; says where in it, and what, is wrong.</summary>
    public static bool TryRead(ReadOnlySpan<char> token, out Value value, out int troubleAt, out string trouble)
    {
        int quote = token.IndexOfAny('"', '\'');
        bool bytes = token[0] is 'b' or 'B';
        bool raw = quote > 0 && token[quote - 1] is 'r' or 'R';
        int marks =
            token.Length - quote >= 6 && token[quote + 1] == token[quote] && token[quote + 2] == token[quote] ? 3 : 1;
        int start = quote + marks;

        Reader reader = new(token[start..^marks], bytes, raw);
        bool read = reader.Run();
        troubleAt = start + reader.TroubleAt;
        trouble = reader.Trouble;
        value = read ? reader.Result() : default;
        return read;
    }

    private ref struct Reader(ReadOnlySpan<char> body, bool bytes, bool raw)
    {
        private readonly ReadOnlySpan<char> body = body;
        private readonly StringBuilder? text = bytes ? null : new StringBuilder(body.Length);
        private readonly ArrayBufferWriter<byte>? data = bytes ? new ArrayBufferWriter<byte>(body.Length + 1) : null;
        private int position;

        public int TroubleAt { get; private set; }
        public string Trouble { get; private set; } = "";

        public readonly Value Result() =>
            data is null ? Value.Of(text!.ToString()) : Value.Of(new CelBytes(data.WrittenSpan.ToArray()));

        public bool Run()
        {
            while (position < body.Length)
            {
                ReadOnlySpan<char> rest = body[position..];
                int plain = raw ? rest.IndexOf('\r') : rest.IndexOfAny('\r', '\\');
                if (!TryAppend(plain < 0 ? rest : rest[..plain]))
                    return false;
                position += plain < 0 ? rest.Length : plain;
                if (plain >= 0 && !(body[position] == '\r' ? TryLineEnd() : TryEscape()))
                    return false;
            }
            return !HasLoneSurrogate();
        }

        private bool TryLineEnd()
        {
            position += position + 1 < body.Length && body[position + 1] == '\n' ? 2 : 1;
            return TryAppend("\n");
        }

        private bool TryEscape()
        {
            char c = position + 1 < body.Length ? body[position + 1] : '\0';
            switch (c)
            {
                case '\\' or '?' or '"' or '\'' or '`':
                    return TrySimple(c);
                case 'a':
                    return TrySimple('\a');
                case 'b':
                    return TrySimple('\b');
                case 'f':
                    return TrySimple('\f');
                case 'n':
                    return TrySimple('\n');
                case 'r':
                    return TrySimple('\r');
                case 't':
                    return TrySimple('\t');
                case 'v':
                    return TrySimple('\v');
                case 'x' or 'X':
                    return TryHex(2);
                case 'u' when !bytes:
                    return TryHex(4);
                case 'U' when !bytes:
                    return TryHex(8);
                case 'u' or 'U':
                    return Fail("bytes take no \\u and \\U; write the characters themselves, or their octets with \\x");
                case >= '0' and <= '3':
                    return TryOctal();
                default:
                    return Fail("there is no such escape; a backslash itself is \\\\, or take a raw string, r'...'");
            }
        }

        private bool TrySimple(char c)
        {
            position += 2;
            return TryAppend([c]);
        }

        private bool TryHex(int digits)
        {
            int start = position + 2;
            if (
                start + digits > body.Length
                || body.Slice(start, digits).ContainsAnyExcept(HexDigits)
                || !uint.TryParse(
                    body.Slice(start, digits),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out uint code
                )
            )
                return Fail($"{digits} hexadecimal digits follow \\{body[position + 1]}");
            return TryCode(code, 2 + digits);
        }

        private bool TryOctal()
        {
            uint code = 0;
            for (int i = position + 1; i < position + 4; i++)
            {
                if (i >= body.Length || body[i] is < '0' or > '7')
                    return Fail("an octal escape has three digits, \\000 to \\377");
                code = (code * 8) + (uint)(body[i] - '0');
            }
            return TryCode(code, 4);
        }

        // Octal and \x stand for an octet in bytes, for a code point in strings.
        private bool TryCode(uint code, int length)
        {
            if (data is not null)
                data.Write([(byte)code]);
            else if (code <= char.MaxValue && length != 10)
                text!.Append((char)code);
            else if (Rune.TryCreate(code, out Rune rune))
                text!.Append(rune.ToString());
            else
                return Fail("there is no such code point");
            position += length;
            return true;
        }

        private bool TryAppend(scoped ReadOnlySpan<char> part)
        {
            if (data is null)
            {
                text!.Append(part);
                return true;
            }
            if (LoneSurrogate(part) >= 0)
                return Fail("half of a surrogate pair is no character");
            data.Advance(Encoding.UTF8.GetBytes(part, data.GetSpan(Encoding.UTF8.GetByteCount(part))));
            return true;
        }

        private bool HasLoneSurrogate()
        {
            if (text is null)
                return false;
            foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
                if (chunk.Span.ContainsAnyInRange('\uD800', '\uDFFF') && LoneSurrogate(text.ToString()) >= 0)
                {
                    position = 0;
                    return !Fail("half of a surrogate pair is no character");
                }
            return false;
        }

        private bool Fail(string trouble)
        {
            TroubleAt = position;
            Trouble = trouble;
            return false;
        }
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static int LoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
                return i;
            i++;
        }
        return -1;
    }
}
