namespace Throughline.World.Truth;

/// <summary>Whose an identifier is.</summary>
public enum IdentifierClass : byte
{
    /// <summary>It belongs to one person, or to several: a shared device, a recycled phone, a family's e-mail.</summary>
    Person,

    /// <summary>It belongs to nobody: typed or sent for many people, or seen only in a bot's list.</summary>
    Junk,

    /// <summary>A bot's own.</summary>
    Bot,
}

/// <summary>A person that an identifier belongs to, from when on (milliseconds since 1970).</summary>
public readonly record struct IdentifierOwner(int Person, long Since);

/// <summary>The truth of one identifier that the run's events show.</summary>
/// <param name="Value">In its normal form: e-mail in lower case, phone as E.164.</param>
/// <param name="Owners">In the order in which they were first seen with it; none for junk and bots.</param>
public sealed record TrueIdentifier(
    string Type,
    string Value,
    IdentifierClass Class,
    IReadOnlyList<IdentifierOwner> Owners
);
