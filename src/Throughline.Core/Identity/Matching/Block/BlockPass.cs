namespace Throughline.Core.Identity.Matching.Block;

/// <summary>A part of a blocking key: what two records must share to be looked at.</summary>
internal enum BlockPart : byte
{
    Email,
    EmailLocal,
    PhoneTail,
    Number,
    BirthDate,
    BirthMonthDay,
    BirthYear,
    GivenSound,
    FamilySound,
    NamesSound,
    GivenRoot,
    Initial,
    GivenInitial,
    FamilyInitial,
    GivenStart,
    FamilyStart,
    FamilyWord,
    OrganizationWord,
    StreetKey,
    HouseNumber,
    Postcode,
    City,
}

/// <summary>One pass of blocking: records that agree on every part are looked at together.</summary>
/// <param name="Name">The parts, joined by <c>+</c>.</param>
internal sealed record BlockPass(string Name, IReadOnlyList<BlockPart> Parts);

/// <summary>Names of the parts.</summary>
internal static class BlockParts
{
    private static readonly (string Name, BlockPart Part)[] Names =
    [
        ("email", BlockPart.Email),
        ("email.local", BlockPart.EmailLocal),
        ("phone.tail", BlockPart.PhoneTail),
        ("number", BlockPart.Number),
        ("birthDate", BlockPart.BirthDate),
        ("birthDate.monthDay", BlockPart.BirthMonthDay),
        ("birthDate.year", BlockPart.BirthYear),
        ("given.sound", BlockPart.GivenSound),
        ("family.sound", BlockPart.FamilySound),
        ("names.sound", BlockPart.NamesSound),
        ("given.root", BlockPart.GivenRoot),
        ("initial", BlockPart.Initial),
        ("given.initial", BlockPart.GivenInitial),
        ("family.initial", BlockPart.FamilyInitial),
        ("given.start", BlockPart.GivenStart),
        ("family.start", BlockPart.FamilyStart),
        ("family.word", BlockPart.FamilyWord),
        ("organization.word", BlockPart.OrganizationWord),
        ("street.key", BlockPart.StreetKey),
        ("houseNumber", BlockPart.HouseNumber),
        ("postcode", BlockPart.Postcode),
        ("city", BlockPart.City),
    ];

    public static IEnumerable<string> All => Names.Select(x => x.Name);

    public static bool TryParse(string name, out BlockPart part)
    {
        int at = Array.FindIndex(Names, x => string.Equals(x.Name, name, StringComparison.Ordinal));
        part = at < 0 ? default : Names[at].Part;
        return at >= 0;
    }
}
