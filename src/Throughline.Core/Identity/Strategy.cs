using Throughline.Core.Events;
using Throughline.Core.Events.Expressions;

namespace Throughline.Core.Identity;

/// <summary>What an identifier type tells of. Values are stored by name.</summary>
public enum TypeClass : byte
{
    /// <summary>One person: an account, a national id. What is linked to many of them is shared by many people.</summary>
    Person = 1,

    /// <summary>A way to reach people: an e-mail address, a phone number.</summary>
    Contact = 2,
    Device = 3,
    Browser = 4,
    Household = 5,
    Session = 6,
}

/// <summary>How a strategy treats the identifiers of one type.</summary>
/// <param name="Type">The type's name; empty for all types that the strategy does not name.</param>
/// <param name="Class">What it tells of.</param>
/// <param name="Tier">How strong its links are: a link has the weaker (greater) tier of its two ends, and stronger links come first. 1 to 99.</param>
/// <param name="Max">At most so many in one customer, 1 for a unique type; null: any number. 1 to 127.</param>
/// <param name="PerWindow">At most so many of those first seen within <see cref="WindowMs"/>; null: any number.</param>
/// <param name="WindowMs">Length of any span of time, milliseconds.</param>
/// <param name="SharedMax">A value linked to more persons than this is shared, and links nothing; null: never.</param>
/// <param name="DegreeMax">The same for a value linked to more identifiers of any class; null: never.</param>
/// <param name="SameIf">Of a unique type: when two of its values may be in one customer after all; null: never.</param>
public sealed record TypeRule(
    string Type,
    TypeClass Class,
    int Tier,
    int? Max = null,
    int? PerWindow = null,
    long WindowMs = 0,
    int? SharedMax = null,
    int? DegreeMax = null,
    SharedValues? SameIf = null
);

/// <summary>
/// Two values of a type are taken for the same person's if admitted links lead from both to at least so many values of a class, each
/// of which is linked to both directly.
/// </summary>
/// <param name="Sharing">1 to 100.</param>
/// <param name="Class">The class of the values that they share.</param>
public sealed record SharedValues(int Sharing, TypeClass Class);

/// <summary>
/// Under which condition events that show identifiers of two types are evidence for a link. Of the conditions that fit a pair the first decides; if none fits, all
/// events are evidence.
/// </summary>
/// <param name="Name">What explanations call it.</param>
/// <param name="Types">The types of the link's ends: two, or one for either end, or none for any.</param>
/// <param name="When">A CEL expression over the event and the link that gives true; an error is not.</param>
public sealed record LinkCondition(string Name, IReadOnlyList<string> Types, string When);

/// <summary>Which statements of matchers outside a strategy takes for links; without a rule for their tier, none.</summary>
/// <param name="Tier">The tier that they state: 1 to 99.</param>
/// <param name="ScorePpmMin">The score from which on they count, in millionths: 0 to 1,000,000.</param>
/// <param name="At">The tier at which such a link has its turn: 1 to 99; null: the one stated.</param>
/// <param name="Sources">The matchers that are believed; null: all.</param>
/// <param name="Models">Their models or rules that are believed; null: all.</param>
public sealed record MatcherRule(
    int Tier,
    int ScorePpmMin,
    int? At = null,
    IReadOnlyList<string>? Sources = null,
    IReadOnlyList<string>? Models = null
);

/// <summary>
/// Which identifiers make a customer: the order of the links and the limits that unions of groups have to keep (lenses: identity).
/// </summary>
/// <param name="Name">What people call it.</param>
/// <param name="Version">Its number; only told, not compared: the one published last is in force.</param>
/// <param name="Types">Rules of types; their order is the order in which an event's owner is chosen.</param>
/// <param name="Others">The rule of all other types.</param>
/// <param name="SizeMax">Identifiers in one customer at most.</param>
/// <param name="NewestFirst">Of equal tiers the link last seen on the latest day comes first; else the one first seen on the earliest.</param>
/// <param name="MinEvidence">Valid sightings that a link needs; of a matcher's statements one is enough.</param>
/// <param name="Matcher">Which statements of matchers count; null: none.</param>
/// <param name="Conditions">Which events count for which links; null: all. At most <see cref="ConditionsMax"/>.</param>
public sealed record Strategy(
    string Name,
    int Version,
    IReadOnlyList<TypeRule> Types,
    TypeRule Others,
    int SizeMax = Strategy.DefaultSizeMax,
    bool NewestFirst = false,
    int MinEvidence = 1,
    IReadOnlyList<MatcherRule>? Matcher = null,
    IReadOnlyList<LinkCondition>? Conditions = null
)
{
    public const int ConditionsMax = 32;

    public const int DefaultSizeMax = 200;

    /// <summary>Types whose number in a customer a strategy can limit.</summary>
    public const int LimitedTypesMax = 8;

    /// <summary>
    /// In force until another is published: one account makes one person, but for accounts that have two ways of contact in common;
    /// values linked to more than 3 accounts are everybody's; accounts link before e-mail addresses, those before phones, devices and the rest.
    /// </summary>
    public static Strategy Default { get; } =
        new(
            "default",
            0,
            [
                new("user", TypeClass.Person, 1, Max: 1, DegreeMax: 10_000, SameIf: new(2, TypeClass.Contact)),
                new("email", TypeClass.Contact, 2, SharedMax: 3, DegreeMax: 1_000),
                new("phone", TypeClass.Contact, 3, SharedMax: 3, DegreeMax: 1_000),
                new("device", TypeClass.Device, 4, SharedMax: 3, DegreeMax: 1_000),
                new("cookie", TypeClass.Browser, 5, SharedMax: 3, DegreeMax: 1_000),
            ],
            new("", TypeClass.Device, 6, SharedMax: 3, DegreeMax: 1_000)
        );

    /// <summary>Whatever was seen together is one customer, without any limit: for comparison, and for data that is known to be clean.</summary>
    public static Strategy Connected { get; } =
        new("connected", 0, [], new("", TypeClass.Device, 1), SizeMax: int.MaxValue / 4);

    /// <summary>Why the strategy cannot be used, or null: (a JSON pointer, what is wrong there).</summary>
    public (string Pointer, string Message)? Problem()
    {
        if (SizeMax < 2)
            return ("/sizeMax", "must be at least 2");
        if (MinEvidence < 1)
            return ("/minEvidence", "must be at least 1");
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < Types.Count; i++)
        {
            if (!names.Add(Types[i].Type))
                return ($"/types/{i}/type", $"the type {Types[i].Type} has a rule already");
            if (Problem(Types[i]) is { } inType)
                return ($"/types/{i}/{inType.Member}", inType.Message);
        }
        if ((MatcherProblem() ?? ConditionsProblem()) is { } ofEvidence)
            return ofEvidence;
        if (Problem(Others) is { } inOthers)
            return ($"/others/{inOthers.Member}", inOthers.Message);
        if (Others.Max is not null)
            return ("/others/max", "only types that are named can have a maximum");
        return Types.Count(rule => rule.Max is not null) > LimitedTypesMax
            ? ("/types", $"more than {LimitedTypesMax} types have a maximum")
            : null;
    }

    private (string Pointer, string Message)? MatcherProblem()
    {
        HashSet<int> tiers = [];
        for (int i = 0; i < (Matcher?.Count ?? 0); i++)
        {
            MatcherRule rule = Matcher![i];
            if (!tiers.Add(rule.Tier))
                return ($"/matcher/{i}/tier", $"the tier {rule.Tier} has a rule already");
            if (rule.Tier is < 1 or > EventLimits.LinkTier)
                return ($"/matcher/{i}/tier", "must be 1 to 99");
            if (rule.ScorePpmMin is < 0 or > EventLimits.LinkScore)
                return ($"/matcher/{i}/scorePpmMin", "must be 0 to 1000000");
            if (rule.At is < 1 or > 99)
                return ($"/matcher/{i}/at", "must be 1 to 99");
        }
        return null;
    }

    private (string Pointer, string Message)? ConditionsProblem()
    {
        if (Conditions?.Count > ConditionsMax)
            return ("/conditions", $"more than {ConditionsMax} conditions");
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < (Conditions?.Count ?? 0); i++)
        {
            LinkCondition condition = Conditions![i];
            if (condition.Name.Length is < 1 or > EventLimits.Name || !names.Add(condition.Name))
                return ($"/conditions/{i}/name", "is another than all others', of 1 to 128 characters");
            if (condition.Types.Count > 2)
                return ($"/conditions/{i}/types", "a link has two ends: at most two types");
            if (!EventNames.TryCompileCondition(condition.When, out _, out string why))
                return ($"/conditions/{i}/when", why);
        }
        return null;
    }

    private static (string Member, string Message)? Problem(TypeRule rule) =>
        rule.Tier is < 1 or > 99 ? ("tier", "must be 1 to 99")
        : rule.Max is < 1 or > 127 ? ("max", "must be 1 to 127")
        : rule.PerWindow is < 1 ? ("perWindow/max", "must be at least 1")
        : rule.PerWindow is not null && rule.WindowMs < 1 ? ("perWindow/ms", "must be longer than nothing")
        : rule.SharedMax is < 1 ? ("sharedMax", "must be at least 1")
        : rule.DegreeMax is < 1 ? ("degreeMax", "must be at least 1")
        : rule.SameIf is not null && rule.Max != 1 ? ("sameIf", "is for unique types: max must be 1")
        : rule.SameIf?.Sharing is < 1 or > 100 ? ("sameIf/sharing", "must be 1 to 100")
        : null;
}
