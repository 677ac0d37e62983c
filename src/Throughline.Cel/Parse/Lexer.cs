using System.Globalization;
using System.Text;

namespace Throughline.Cel.Parse;

/// <summary>Splits source text into tokens, one at a time (specification, "Syntax": the lexis).</summary>
internal sealed class Lexer(string source)
{
    private int position;

    /// <summary>Why the last token is <see cref="TokenKind.Invalid"/>.</summary>
    public string Trouble { get; private set; } = "";

    public Token Next()
    {
        SkipBlanks();
        if (position >= source.Length)
            return new Token(TokenKind.End, source.Length, source.Length);

        char c = source[position];
        if (StringAt(position) is { } quote)
            return String(quote);
        if (Words.IsStart(c))
            return Name();
        if (char.IsAsciiDigit(c) || (c == '.' && IsDigit(position + 1)))
            return Number();
        return c == '`' ? Quoted() : Symbol(c);
    }

    private void SkipBlanks()
    {
        while (position < source.Length)
        {
            char c = source[position];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f')
                position++;
            else if (c == '/' && At(position + 1) == '/')
                position = IndexOrEnd(source.AsSpan(position).IndexOfAny('\n', '\r'));
            else
                return;
        }
    }

    private Token Name()
    {
        int start = position;
        while (position < source.Length && Words.IsPart(source[position]))
            position++;
        return new Token(Words.KindOf(source.AsSpan(start, position - start)), start, position);
    }

    // [0-9]+ or 0x[0-9a-fA-F]+, perhaps with u; with a fraction or an exponent it is a double.
    private Token Number()
    {
        int start = position;
        TokenKind kind = TokenKind.Int;
        if (source[position] == '0' && At(position + 1) == 'x' && char.IsAsciiHexDigit(At(position + 2)))
        {
            position += 2;
            while (char.IsAsciiHexDigit(At(position)))
                position++;
        }
        else
        {
            SkipDigits();
            if (At(position) == '.' && IsDigit(position + 1))
            {
                kind = TokenKind.Double;
                position++;
                SkipDigits();
            }
            int sign = At(position + 1) is '+' or '-' ? 1 : 0;
            if (At(position) is 'e' or 'E' && IsDigit(position + 1 + sign))
            {
                kind = TokenKind.Double;
                position += 1 + sign;
                SkipDigits();
            }
        }
        if (kind == TokenKind.Int && At(position) is 'u' or 'U')
        {
            kind = TokenKind.Uint;
            position++;
        }
        return new Token(kind, start, position);
    }

    // Where the quote is of a string that begins here: after b, r, br, or nothing.
    private int? StringAt(int start)
    {
        int at = start;
        if (At(at) is 'b' or 'B')
            at++;
        if (At(at) is 'r' or 'R')
            at++;
        return At(at) is '"' or '\'' ? at : null;
    }

    private Token String(int quote)
    {
        int start = position;
        TokenKind kind = source[start] is 'b' or 'B' ? TokenKind.Bytes : TokenKind.String;
        bool raw = quote > start && source[quote - 1] is 'r' or 'R';
        char mark = source[quote];
        bool triple = At(quote + 1) == mark && At(quote + 2) == mark;
        for (int i = quote + (triple ? 3 : 1); i < source.Length; i++)
        {
            char c = source[i];
            if (c == mark && (!triple || (At(i + 1) == mark && At(i + 2) == mark)))
            {
                position = i + (triple ? 3 : 1);
                return new Token(kind, start, position);
            }
            if (c == '\\' && !raw)
                c = At(++i);
            if (!triple && c is '\n' or '\r')
                return Invalid(start, $"this string has no closing {mark} on its line; strings over lines take three");
        }
        return Invalid(
            start,
            triple ? $"this string has no closing {mark}{mark}{mark}" : $"this string has no closing {mark}"
        );
    }

    private Token Quoted()
    {
        int start = position;
        int end = start + 1;
        while (end < source.Length && Words.IsQuotedPart(source[end]))
            end++;
        if (At(end) != '`')
            return Invalid(
                end < source.Length ? end : start,
                "a name in backticks has letters, digits, _ . - / and spaces, and ends with a backtick"
            );
        if (end == start + 1)
            return Invalid(start, "a name in backticks cannot be empty");
        position = end + 1;
        return new Token(TokenKind.Quoted, start, position);
    }

    private Token Symbol(char c)
    {
        int start = position;
        char next = At(position + 1);
        TokenKind two = (c, next) switch
        {
            ('&', '&') => TokenKind.And,
            ('|', '|') => TokenKind.Or,
            ('=', '=') => TokenKind.Equal,
            ('!', '=') => TokenKind.NotEqual,
            ('<', '=') => TokenKind.LessEqual,
            ('>', '=') => TokenKind.GreaterEqual,
            _ => TokenKind.Invalid,
        };
        if (two != TokenKind.Invalid)
        {
            position += 2;
            return new Token(two, start, position);
        }
        TokenKind one = c switch
        {
            '.' => TokenKind.Dot,
            ',' => TokenKind.Comma,
            ':' => TokenKind.Colon,
            '?' => TokenKind.Question,
            '(' => TokenKind.LeftParen,
            ')' => TokenKind.RightParen,
            '[' => TokenKind.LeftBracket,
            ']' => TokenKind.RightBracket,
            '{' => TokenKind.LeftBrace,
            '}' => TokenKind.RightBrace,
            '!' => TokenKind.Not,
            '-' => TokenKind.Minus,
            '+' => TokenKind.Plus,
            '*' => TokenKind.Star,
            '/' => TokenKind.Slash,
            '%' => TokenKind.Percent,
            '<' => TokenKind.Less,
            '>' => TokenKind.Greater,
            _ => TokenKind.Invalid,
        };
        if (one == TokenKind.Invalid)
            return Invalid(start, WhyNot(c));
        position++;
        return new Token(one, start, position);
    }

    private string WhyNot(char c)
    {
        if (c is '=' or '&' or '|')
            return $"'{c}' is no operator; '{c}{c}' is";
        if (c is '\u201C' or '\u201D' or '\u2018' or '\u2019' or '\u00AB' or '\u00BB')
            return "strings stand between straight quotes, ' or \"";
        Rune.DecodeFromUtf16(source.AsSpan(position), out Rune rune, out _);
        string code = rune.Value.ToString("X4", CultureInfo.InvariantCulture);
        return Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format
            ? $"the character U+{code} may stand in strings only"
            : $"the character '{rune}' (U+{code}) may stand in strings only";
    }

    // The lexer stays where it is: there is nothing to go on with.
    private Token Invalid(int at, string trouble)
    {
        Trouble = trouble;
        return new Token(TokenKind.Invalid, at, at);
    }

    private void SkipDigits()
    {
        while (IsDigit(position))
            position++;
    }

    private bool IsDigit(int at) => char.IsAsciiDigit(At(at));

    private int IndexOrEnd(int found) => found < 0 ? source.Length : position + found;

    // NUL is no token by itself, so it may stand for the end as well.
    private char At(int at) => at < source.Length ? source[at] : '\0';
}
