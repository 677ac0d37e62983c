using System.Collections.Concurrent;

namespace Throughline.Server.Doors.Mapping;

/// <summary>
/// A tenant's mapping of foreign events, valid and immutable: its own rules over the defaults of <see cref="DefaultRules"/>. A rule is
/// found by a name as it was sent, then by its normalised form.
/// </summary>
internal sealed class DoorModel
{
    /// <summary>Names that senders make up are not kept without end.</summary>
    private const int NamesKept = 4096;
    private const int NameKeptLength = 128;

    public const int ClockToleranceMsDefault = 60_000;

    private readonly Dictionary<string, DoorRule> rules;
    private readonly ConcurrentDictionary<string, DoorMatch> matches = new(StringComparer.Ordinal);

    public DoorModel(IReadOnlyDictionary<string, DoorRule> own)
    {
        Own = own;
        rules = new(DefaultRules.All, StringComparer.Ordinal);
        foreach ((string name, DoorRule rule) in own)
        {
            rules[name] = rule;
            if (DoorName.Normalise(name) is { Length: > 0 } normal && !own.ContainsKey(normal))
                rules[normal] = rule;
        }
    }

    public static DoorModel Default { get; } = new(new Dictionary<string, DoorRule>());

    /// <summary>What the tenant itself has said, by name.</summary>
    public IReadOnlyDictionary<string, DoorRule> Own { get; }

    public DoorIdentifiers Identifiers { get; init; } = new();

    /// <summary>The currency of amounts that come without; null: as the sender's own documents say.</summary>
    public string? Currency { get; init; }

    /// <summary>A sender's clock that is off by no more is taken to be right, milliseconds.</summary>
    public int ClockToleranceMs { get; init; } = ClockToleranceMsDefault;

    /// <summary>What becomes of events that no rule names.</summary>
    public bool IgnoresOthers { get; init; }

    /// <summary>How an event of this name is read.</summary>
    public DoorMatch Match(string name)
    {
        if (matches.TryGetValue(name, out DoorMatch? known))
            return known;
        string normal = DoorName.Normalise(name);
        DoorRule rule =
            rules.TryGetValue(name, out DoorRule? exact) ? exact
            : rules.TryGetValue(normal, out DoorRule? loose) ? loose
            : IgnoresOthers ? new(DoorAction.Ignore)
            : new(DoorAction.Nurture);
        DoorMatch match = new(rule, rule.Name ?? normal);
        if (name.Length <= NameKeptLength && matches.Count < NamesKept)
            matches[name] = match;
        return match;
    }
}

/// <param name="Name">Of a nurturing event; empty if nothing of the foreign name can stand in one.</param>
internal sealed record DoorMatch(DoorRule Rule, string Name);
