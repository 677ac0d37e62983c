namespace Throughline.Cel.Regex;

/// <summary>What assertions ask about a place in a text.</summary>
[Flags]
internal enum Context
{
    None = 0,

    /// <summary>Nothing stands before.</summary>
    BeginText = 1,

    /// <summary>A newline stands before.</summary>
    AfterNewline = 2,

    /// <summary>A word's character stands before.</summary>
    AfterWord = 4,

    /// <summary>Nothing stands after.</summary>
    EndText = 8,

    /// <summary>A newline stands after.</summary>
    BeforeNewline = 16,

    /// <summary>A word's character stands after.</summary>
    BeforeWord = 32,
}

/// <summary>Reads contexts from text, and judges assertions by them.</summary>
internal static class Contexts
{
    /// <summary>The assertions (bits) that ask about words.</summary>
    public const int Words = (1 << (int)Assertion.WordBoundary) | (1 << (int)Assertion.NotWordBoundary);

    /// <summary>The assertions that ask about newlines.</summary>
    public const int Lines = (1 << (int)Assertion.BeginLine) | (1 << (int)Assertion.EndLine);

    /// <summary>The assertions that ask what comes after.</summary>
    public const int Ahead = Words | (1 << (int)Assertion.EndText) | (1 << (int)Assertion.EndLine);

    /// <summary>Shifts what stands before a character's place to what stands after it.</summary>
    public const int FromBeforeToAfter = 3;

    /// <summary>The context at a place of a text.</summary>
    public static Context At(ReadOnlySpan<char> text, int position) => Before(text, position) | After(text, position);

    /// <summary>The part of the context that depends on what stands before.</summary>
    public static Context Before(ReadOnlySpan<char> text, int position) =>
        position == 0 ? Context.BeginText : AfterCharacter(text[position - 1]);

    /// <summary>The part of the context after a character (UTF-16 unit).</summary>
    public static Context AfterCharacter(int c) =>
        c == '\n' ? Context.AfterNewline
        : IsWord(c) ? Context.AfterWord
        : Context.None;

    /// <summary>The part of the context before a character.</summary>
    public static Context BeforeCharacter(int c) =>
        c == '\n' ? Context.BeforeNewline
        : IsWord(c) ? Context.BeforeWord
        : Context.None;

    public static bool Holds(Assertion assertion, Context context) =>
        assertion switch
        {
            Assertion.BeginText => (context & Context.BeginText) != 0,
            Assertion.EndText => (context & Context.EndText) != 0,
            Assertion.BeginLine => (context & (Context.BeginText | Context.AfterNewline)) != 0,
            Assertion.EndLine => (context & (Context.EndText | Context.BeforeNewline)) != 0,
            Assertion.WordBoundary => AtBoundary(context),
            _ => !AtBoundary(context),
        };

    private static Context After(ReadOnlySpan<char> text, int position) =>
        position == text.Length ? Context.EndText : BeforeCharacter(text[position]);

    private static bool AtBoundary(Context context) =>
        (context & Context.AfterWord) != 0 != ((context & Context.BeforeWord) != 0);

    private static bool IsWord(int c) => c < 128 && (char.IsAsciiLetterOrDigit((char)c) || c == '_');
}
