namespace Throughline.Core.Events.Identifiers;

/// <summary>How values of a type are brought to one form. Told by name.</summary>
public enum NormaliserKind : byte
{
    /// <summary>Trimmed, and else as they are.</summary>
    Opaque = 0,

    /// <summary>As e-mail addresses.</summary>
    Email,

    /// <summary>As phone numbers, in E.164.</summary>
    Phone,

    /// <summary>32 hexadecimal digits as 8-4-4-4-12 in small letters; hyphens, braces and <c>urn:uuid:</c> may be there or not.</summary>
    Uuid,

    /// <summary>As a regular expression says.</summary>
    Regex,
}

/// <summary>What becomes of capitals. Told by name.</summary>
public enum LetterCase : byte
{
    Keep = 0,
    Lower,
    Upper,
}

/// <summary>Which of the product's own values that name nobody are refused (<see cref="BlockedValues"/>). Told by name.</summary>
public enum BlockedDefaults : byte
{
    None = 0,

    /// <summary>What programs write where they have no value.</summary>
    Placeholders,

    /// <summary>Also addresses of roles and of nobody: noreply@, test@, example.com, 555 numbers.</summary>
    All,
}

/// <summary>A type's normaliser.</summary>
/// <param name="Letters">Of opaque values and those of a regular expression, before it is matched.</param>
/// <param name="Pattern">Of a regular expression (RE2): the whole value must match it.</param>
/// <param name="Replace">What the value becomes, <c>\1</c> for a group; null: it stays.</param>
/// <param name="CallingCode">Of phones: digits of the calling code of numbers without one; null: the tenant's.</param>
public sealed record NormaliserRule(
    NormaliserKind Kind,
    LetterCase Letters = LetterCase.Keep,
    string? Pattern = null,
    string? Replace = null,
    string? CallingCode = null
);

/// <summary>What the door does with one type.</summary>
/// <param name="Normaliser">Null: the product's own.</param>
/// <param name="BlockedValues">Values that name nobody.</param>
/// <param name="BlockedPatterns">Regular expressions (RE2) that are found in normalised values that name nobody.</param>
/// <param name="Derive">A CEL expression over the event that gives a value; null: none.</param>
public sealed record DoorRule(
    string Type,
    NormaliserRule? Normaliser,
    IReadOnlyList<string> BlockedValues,
    IReadOnlyList<string> BlockedPatterns,
    string? Derive
);
