namespace Throughline.Cel.Parse;

/// <summary>Tokens as messages name them.</summary>
internal static class TokenText
{
    // Long literals are cut; the caret shows where they stand.
    private const int Longest = 30;

    public static string Of(Token token, string source)
    {
        ReadOnlySpan<char> text = token.In(source);
        string shown = text.Length <= Longest ? text.ToString() : $"{text[..Longest]}...";
        return token.Kind switch
        {
            TokenKind.End => "the end",
            TokenKind.Identifier => Suggestion(text) is { } better
                ? $"'{shown}' (did you mean '{better}'?)"
                : $"'{shown}'",
            TokenKind.Int or TokenKind.Uint or TokenKind.Double => $"the number {shown}",
            TokenKind.String => "a string",
            TokenKind.Bytes => "bytes",
            TokenKind.Quoted => "a name in backticks",
            _ => $"'{shown}'",
        };
    }

    // Words of other languages for operators of this one.
    private static string? Suggestion(ReadOnlySpan<char> word) =>
        word switch
        {
            "and" or "AND" => "&&",
            "or" or "OR" => "||",
            "not" or "NOT" => "!",
            "eq" or "is" => "==",
            "ne" => "!=",
            "mod" => "%",
            _ => null,
        };
}
