using Throughline.Core.Events.Identifiers;

namespace Throughline.Core.Identity.Types;

/// <summary>What a tenant says of one type of identifiers. All of it is optional: a type that nobody configured is opaque, and linked as a strategy's <c>others</c>.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Normaliser">How its values are brought to one form; null: as the product does, which is as they are but for e-mail addresses and phones.</param>
/// <param name="Class">What it tells of, where the strategy does not name the type; null: as the strategy's <c>others</c>.</param>
/// <param name="Priority">Its place among the owners of an event after all types that the strategy names, 0 to 999, the least first; null: last.</param>
/// <param name="BlockedValues">Values that name nobody, in any spelling that the normaliser brings to one form.</param>
/// <param name="BlockedPatterns">The same by regular expressions (RE2) that are found in the normalised value.</param>
/// <param name="ValidForMs">A value links only for so long after it was first seen, in whole buckets of 5 minutes; milliseconds; null: for ever.</param>
/// <param name="Derive">A CEL expression over the event that gives a value of this type; null: values are only sent.</param>
public sealed record IdentifierTypeRule(
    string Type,
    NormaliserRule? Normaliser = null,
    TypeClass? Class = null,
    int? Priority = null,
    IReadOnlyList<string>? BlockedValues = null,
    IReadOnlyList<string>? BlockedPatterns = null,
    long? ValidForMs = null,
    string? Derive = null
);

/// <summary>
/// A tenant's identifier types: how values are normalised and refused at the door, and what the customer graph makes of them.
/// </summary>
/// <param name="Version">Its number; only told: the one published last is in force.</param>
/// <param name="Blocked">Which of the product's own list of values that name nobody is blocked.</param>
/// <param name="Types">At most <see cref="TypesMax"/>, each once.</param>
public sealed record IdentifierTypes(int Version, BlockedDefaults Blocked, IReadOnlyList<IdentifierTypeRule> Types)
{
    public const int TypesMax = 256;
    public const int PriorityMax = 999;

    private readonly Dictionary<string, IdentifierTypeRule> byName = Types
        .DistinctBy(rule => rule.Type, StringComparer.Ordinal)
        .ToDictionary(rule => rule.Type, StringComparer.Ordinal);

    /// <summary>In force until a tenant publishes its own.</summary>
    public static IdentifierTypes Default { get; } = new(0, BlockedDefaults.Placeholders, []);

    /// <summary>What is said of a type, or null.</summary>
    public IdentifierTypeRule? Find(string type) => byName.GetValueOrDefault(type);

    /// <summary>The customer graph makes the same of both: they differ at the door alone.</summary>
    public bool LinksLike(IdentifierTypes other) => LensPart.SequenceEqual(other.LensPart);

    private IEnumerable<(string, TypeClass?, int?, long?)> LensPart =>
        Types
            .Select(rule => (rule.Type, rule.Class, rule.Priority, rule.ValidForMs))
            .Where(rule => rule is not (_, null, null, null))
            .OrderBy(rule => rule.Type, StringComparer.Ordinal);

    /// <summary>Why the types cannot be used, or null: (a JSON pointer, what is wrong there).</summary>
    public (string Pointer, string Message)? Problem()
    {
        if (Types.Count > TypesMax)
            return ("/types", $"more than {TypesMax} types");
        for (int i = 0; i < Types.Count; i++)
        {
            IdentifierTypeRule rule = Types[i];
            if (!ReferenceEquals(byName[rule.Type], rule))
                return ($"/types/{i}/type", $"the type {rule.Type} is there twice");
            if (rule.Priority is < 0 or > PriorityMax)
                return ($"/types/{i}/priority", $"must be 0 to {PriorityMax}");
            if (rule.ValidForMs is < 1)
                return ($"/types/{i}/validForMs", "must be longer than nothing");
        }
        return IdentifierCatalog.TryCreate(DoorRules, Blocked, out _, out (string, string) problem) ? null : problem;
    }

    /// <summary>What the door needs, ready to be used; made anew by each call.</summary>
    public IdentifierCatalog Compile() =>
        IdentifierCatalog.TryCreate(
            DoorRules,
            Blocked,
            out IdentifierCatalog? catalog,
            out (string At, string Why) problem
        )
            ? catalog
            : throw new InvalidDataException($"identifier types that cannot be used: {problem.At}: {problem.Why}");

    private IReadOnlyList<DoorRule> DoorRules =>
        [
            .. Types.Select(rule => new DoorRule(
                rule.Type,
                rule.Normaliser,
                rule.BlockedValues ?? [],
                rule.BlockedPatterns ?? [],
                rule.Derive
            )),
        ];
}
