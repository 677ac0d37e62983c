using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Throughline.Cel.Compile;
using Throughline.Cel.Regex;
using Throughline.Core.Events.Expressions;

namespace Throughline.Core.Events.Identifiers;

/// <summary>
/// A tenant's identifier types as the door uses them: compiled, immutable, for any number of threads. A value is normalised, and refused if
/// it names nobody: it gets no token then, so that no later change of mind reaches it, but stays in the event's sealed part.
/// </summary>
public sealed class IdentifierCatalog
{
    private readonly FrozenDictionary<string, TypeDoor> types;
    private readonly BlockedDefaults defaults;

    private IdentifierCatalog(
        FrozenDictionary<string, TypeDoor> types,
        BlockedDefaults defaults,
        IReadOnlyList<Derivation> derived
    ) => (this.types, this.defaults, Derived) = (types, defaults, derived);

    /// <summary>Types whose values follow from events, in the order of the document.</summary>
    internal IReadOnlyList<Derivation> Derived { get; }

    /// <summary>Nothing is configured.</summary>
    public static IdentifierCatalog Default { get; } =
        new(FrozenDictionary<string, TypeDoor>.Empty, BlockedDefaults.Placeholders, []);

    /// <summary>Compiles rules; false, and where and why, if one cannot be used.</summary>
    /// <param name="problem">A JSON pointer into the document of types, and what is wrong there.</param>
    public static bool TryCreate(
        IReadOnlyList<DoorRule> rules,
        BlockedDefaults defaults,
        [NotNullWhen(true)] out IdentifierCatalog? catalog,
        out (string Pointer, string Message) problem
    )
    {
        Dictionary<string, TypeDoor> doors = new(StringComparer.Ordinal);
        List<Derivation> derived = [];
        catalog = null;
        for (int i = 0; i < rules.Count; i++)
        {
            if (!IdentifierNormaliser.IsTypeName(Encoding.UTF8.GetBytes(rules[i].Type)))
            {
                problem = ($"/types/{i}/type", "must match [a-z][a-z0-9_]{0,31}");
                return false;
            }
            if (!TypeDoor.TryCreate(rules[i], out TypeDoor? door, out (string Member, string Message) wrong))
            {
                problem = ($"/types/{i}/{wrong.Member}", wrong.Message);
                return false;
            }
            doors[rules[i].Type] = door;
            if (rules[i].Derive is not { } expression)
                continue;
            if (!EventNames.TryCompileDerivation(expression, out CompiledRule<EventInput>? compiled, out string why))
            {
                problem = ($"/types/{i}/derive", why);
                return false;
            }
            derived.Add(new(rules[i].Type, compiled));
            if (derived.Count > Derivation.Max)
            {
                problem = ($"/types/{i}/derive", $"more than {Derivation.Max} types are derived");
                return false;
            }
        }
        problem = default;
        catalog = new(doors.ToFrozenDictionary(StringComparer.Ordinal), defaults, derived);
        return true;
    }

    /// <summary>A normalised value of the type names nobody.</summary>
    public bool IsBlocked(string type, ReadOnlySpan<byte> normalised) =>
        (defaults != BlockedDefaults.None && BlockedValues.IsPlaceholder(normalised))
        || (defaults == BlockedDefaults.All && BlockedValues.IsNobodys(normalised))
        || (types.TryGetValue(type, out TypeDoor? door) && door.IsBlocked(normalised));

    /// <summary>A type's own normaliser, or null.</summary>
    internal ValueNormaliser? NormaliserOf(string type) =>
        types.TryGetValue(type, out TypeDoor? door) ? door.Normaliser : null;
}

/// <summary>One type at the door.</summary>
internal sealed class TypeDoor
{
    private readonly FrozenSet<string> blocked;
    private readonly Re2[] patterns;

    private TypeDoor(ValueNormaliser? normaliser, FrozenSet<string> blocked, Re2[] patterns) =>
        (Normaliser, this.blocked, this.patterns) = (normaliser, blocked, patterns);

    public const int BlockedMax = 10_000;
    public const int PatternsMax = 32;
    public const int PatternLength = 500;

    public ValueNormaliser? Normaliser { get; }

    public static bool TryCreate(
        DoorRule rule,
        [NotNullWhen(true)] out TypeDoor? door,
        out (string Member, string Message) problem
    )
    {
        door = null;
        ValueNormaliser? normaliser = null;
        if (rule.Normaliser is { } how && !ValueNormaliser.TryCreate(how, out normaliser, out problem))
            return false;
        if (rule.BlockedValues.Count > BlockedMax)
            return Fail("blocked/values", $"more than {BlockedMax} values", out problem);
        if (rule.BlockedPatterns.Count > PatternsMax)
            return Fail("blocked/patterns", $"more than {PatternsMax} patterns", out problem);
        Re2[] patterns = new Re2[rule.BlockedPatterns.Count];
        for (int i = 0; i < patterns.Length; i++)
        {
            if (!TryPattern(rule.BlockedPatterns[i], out Re2? pattern, out string why))
                return Fail($"blocked/patterns/{i}", why, out problem);
            patterns[i] = pattern;
        }
        HashSet<string> values = new(StringComparer.Ordinal);
        foreach (string value in rule.BlockedValues)
            values.Add(Normalised(rule.Type, value, normaliser));
        problem = default;
        door = new(normaliser, values.ToFrozenSet(StringComparer.Ordinal), patterns);
        return true;
    }

    public bool IsBlocked(ReadOnlySpan<byte> normalised)
    {
        if (blocked.Count == 0 && patterns.Length == 0)
            return false;
        string value = Encoding.UTF8.GetString(normalised);
        return blocked.Contains(value) || patterns.Any(pattern => pattern.IsMatch(value));
    }

    internal static bool TryPattern(string text, [NotNullWhen(true)] out Re2? pattern, out string why)
    {
        pattern = null;
        why = $"longer than {PatternLength} characters";
        if (text.Length > PatternLength)
            return false;
        pattern = Re2.TryCreate(text, out RegexError error);
        why = pattern is null ? $"not a regular expression, at {error.Position}: {error.Message}" : "";
        return pattern is not null;
    }

    // A value that the normaliser refuses never comes to be blocked: it stands as it is.
    private static string Normalised(string type, string value, ValueNormaliser? normaliser)
    {
        byte[] raw = Encoding.UTF8.GetBytes(value);
        byte[] target = new byte[IdentifierNormaliser.MaxSize(raw.Length)];
        RejectionReason? bad = IdentifierNormaliser.Normalise(type, raw, normaliser, null, target, out int length);
        return bad is null ? Encoding.UTF8.GetString(target.AsSpan(0, length)) : value;
    }

    private static bool Fail(string member, string message, out (string, string) problem)
    {
        problem = (member, message);
        return false;
    }
}
