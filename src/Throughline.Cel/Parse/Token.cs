namespace Throughline.Cel.Parse;

/// <summary>Kinds of tokens (specification, "Syntax": the lexis).</summary>
internal enum TokenKind
{
    /// <summary>Nothing is left.</summary>
    End,

    /// <summary>No token begins here; the lexer says why.</summary>
    Invalid,

    /// <summary>A name, perhaps a reserved word.</summary>
    Identifier,

    /// <summary>A name in backticks.</summary>
    Quoted,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    True,
    False,
    Null,
    In,
    Dot,
    Comma,
    Colon,
    Question,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Not,
    Minus,
    Plus,
    Star,
    Slash,
    Percent,
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// <summary>A token: its kind and where it stands in the source text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End)
{
    public ReadOnlySpan<char> In(string source) => source.AsSpan(Start, End - Start);
}

/// <summary>Words that are no names (specification, "Syntax": RESERVED).</summary>
internal static class Words
{
    /// <summary>A word of the syntax itself; not even a field can have it as its name, unless in backticks.</summary>
    public static TokenKind KindOf(ReadOnlySpan<char> word) =>
        word switch
        {
            "true" => TokenKind.True,
            "false" => TokenKind.False,
            "null" => TokenKind.Null,
            "in" => TokenKind.In,
            _ => TokenKind.Identifier,
        };

    /// <summary>A word kept for host languages: good for fields and methods, not for variables and functions.</summary>
    public static bool IsReserved(ReadOnlySpan<char> word) =>
        word
            is "as"
                or "break"
                or "const"
                or "continue"
                or "else"
                or "for"
                or "function"
                or "if"
                or "import"
                or "let"
                or "loop"
                or "package"
                or "namespace"
                or "return"
                or "var"
                or "void"
                or "while";

    /// <summary>What a field may be called without backticks.</summary>
    public static bool IsFieldName(string word)
    {
        if (word.Length == 0 || !IsStart(word[0]) || KindOf(word) != TokenKind.Identifier)
            return false;
        foreach (char c in word)
            if (!IsPart(c))
                return false;
        return true;
    }

    public static bool IsStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>What a name in backticks may hold.</summary>
    public static bool IsQuotedPart(char c) => IsPart(c) || c is '.' or '-' or '/' or ' ';
}
