using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A strategy by the tenant's own codes of types, for the pass.</summary>
internal sealed class StrategyInForce
{
    private readonly NameTable names;
    private readonly List<TypeEntry?> byType = [];
    private Dictionary<string, int> places = [];

    public StrategyInForce(NameTable names, Strategy strategy)
    {
        this.names = names;
        Set(strategy);
    }

    public Strategy Strategy { get; private set; } = null!;

    /// <summary>Some type has a limit within a window of time.</summary>
    public bool HasWindows { get; private set; }

    public void Set(Strategy strategy)
    {
        Strategy = strategy;
        byType.Clear();
        places = strategy
            .Types.Select((rule, place) => (rule.Type, place))
            .ToDictionary(x => x.Type, x => x.place, StringComparer.Ordinal);
        HasWindows = strategy.Types.Append(strategy.Others).Any(rule => rule.PerWindow is not null);
    }

    public TypeEntry Of(int type)
    {
        while (byType.Count <= type)
            byType.Add(null);
        return byType[type] ??= Compile(type);
    }

    /// <summary>Negative if events prefer the first type's identifier for an owner, 0 if the strategy has no say.</summary>
    public int CompareOwners(int x, int y) => Of(x).Place.CompareTo(Of(y).Place);

    public bool IsPerson(int type) => Of(type).Rule.Class == TypeClass.Person;

    /// <summary>A value with so many candidate links to persons, and to any identifiers, tells of nobody.</summary>
    public static bool IsShared(TypeRule rule, int persons, int degree) =>
        persons > rule.SharedMax || degree > rule.DegreeMax;

    private TypeEntry Compile(int type)
    {
        if (!places.TryGetValue(names.Text(type), out int place))
            return new(Strategy.Others, int.MaxValue, Slot: -1);
        TypeRule rule = Strategy.Types[place];
        int slot = rule.Max is null ? -1 : Strategy.Types.Take(place).Count(other => other.Max is not null);
        return new(rule, place, slot);
    }

    /// <summary>A type's rule.</summary>
    /// <param name="Place">In the order of owners.</param>
    /// <param name="Slot">Which byte of a group's counts has the number of its identifiers; -1 if nobody limits it.</param>
    internal sealed record TypeEntry(TypeRule Rule, int Place, int Slot)
    {
        /// <summary>What one identifier of the type adds to a group's counts.</summary>
        public ulong One { get; } = Slot < 0 ? 0 : 1UL << (8 * Slot);
    }
}
