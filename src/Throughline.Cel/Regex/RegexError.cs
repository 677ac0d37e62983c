namespace Throughline.Cel.Regex;

/// <summary>Why a pattern was refused.</summary>
public enum RegexErrorCode
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A closing parenthesis is missing, or there is one too many.</summary>
    Parenthesis,

    /// <summary>A closing bracket is missing.</summary>
    MissingBracket,

    /// <summary>A range runs backwards, or a named class does not exist.</summary>
    CharacterClass,

    /// <summary>An escape that RE2 does not have (backreferences, <c>\Z</c>, <c>\cA</c> among them).</summary>
    Escape,

    /// <summary>A repetition without anything to repeat, or one upon another (<c>a**</c>).</summary>
    RepetitionOperator,

    /// <summary>A count above 1,000, alone or multiplied through nesting, or a range of counts that runs backwards.</summary>
    RepetitionSize,

    /// <summary>A group that starts with <c>(?</c> and that RE2 does not have: lookaround, comments, <c>(?x)</c>.</summary>
    Group,

    /// <summary>A group's name is not a name.</summary>
    GroupName,

    /// <summary>The pattern nests too deeply, or its program would be too large.</summary>
    TooLarge,
}

/// <summary>Why and where a pattern was refused.</summary>
/// <param name="Code">The kind of mistake.</param>
/// <param name="Position">Where it begins in the pattern: UTF-16 units from 0.</param>
/// <param name="Message">A sentence for the pattern's author; it names what is wrong, not where.</param>
public readonly record struct RegexError(RegexErrorCode Code, int Position, string Message)
{
    /// <summary>The message with its place.</summary>
    public override string ToString() => $"{Message} (at {Position})";
}
