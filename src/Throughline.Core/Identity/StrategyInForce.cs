using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A strategy by the tenant's own codes of types, for the pass.</summary>
internal sealed class StrategyInForce
{
    private readonly NameTable names;
    private TypeEntry?[] byType = [];
    private Dictionary<string, int> places = [];

    public StrategyInForce(NameTable names, Strategy strategy)
    {
        this.names = names;
        Set(strategy);
    }

    public Strategy Strategy { get; private set; } = null!;

    // The strategy's own members, near at hand: every sighting reads them.
    public int SizeMax { get; private set; }
    public int MinEvidence { get; private set; }
    public bool NewestFirst { get; private set; }

    /// <summary>The most that each byte of a group's counts may be.</summary>
    public byte[] Maxima { get; private set; } = [];

    /// <summary>Some type has a limit within a window of time.</summary>
    public bool HasWindows { get; private set; }

    public void Set(Strategy strategy)
    {
        Strategy = strategy;
        (SizeMax, MinEvidence, NewestFirst) = (strategy.SizeMax, strategy.MinEvidence, strategy.NewestFirst);
        byType = [];
        places = strategy
            .Types.Select((rule, place) => (rule.Type, place))
            .ToDictionary(x => x.Type, x => x.place, StringComparer.Ordinal);
        Maxima = [.. strategy.Types.Where(rule => rule.Max is not null).Select(rule => (byte)rule.Max!.Value)];
        HasWindows = strategy.Types.Append(strategy.Others).Any(rule => rule.PerWindow is not null);
    }

    public TypeEntry Of(int type)
    {
        TypeEntry?[] known = byType;
        return (uint)type < (uint)known.Length && known[type] is { } entry ? entry : Add(type);
    }

    /// <summary>Negative if events prefer the first type's identifier for an owner, 0 if the strategy has no say.</summary>
    public int CompareOwners(int x, int y) => Of(x).Place.CompareTo(Of(y).Place);

    public bool IsPerson(int type) => Of(type).IsPerson;

    /// <summary>A value of this type with so many candidate links to persons, and to any identifiers, tells of nobody.</summary>
    public bool IsShared(int type, int persons, int degree)
    {
        TypeEntry entry = Of(type);
        return persons > entry.SharedMax || degree > entry.DegreeMax;
    }

    private TypeEntry Add(int type)
    {
        if (type >= byType.Length)
            Array.Resize(ref byType, type + 1);
        return byType[type] = Compile(type);
    }

    private TypeEntry Compile(int type)
    {
        if (!places.TryGetValue(names.Text(type), out int place))
            return new(Strategy.Others, int.MaxValue, slot: -1);
        TypeRule rule = Strategy.Types[place];
        int slot = rule.Max is null ? -1 : Strategy.Types.Take(place).Count(other => other.Max is not null);
        return new(rule, place, slot);
    }

    /// <summary>A type's rule, its numbers near at hand.</summary>
    /// <param name="place">In the order of owners.</param>
    /// <param name="slot">Which byte of a group's counts has the number of its identifiers; -1 if nobody limits it.</param>
    internal sealed class TypeEntry(TypeRule rule, int place, int slot)
    {
        public readonly int Tier = rule.Tier;
        public readonly int Place = place;
        public readonly int SharedMax = rule.SharedMax ?? int.MaxValue;
        public readonly int DegreeMax = rule.DegreeMax ?? int.MaxValue;
        public readonly bool IsPerson = rule.Class == TypeClass.Person;

        /// <summary>At most so many within <see cref="WindowMs"/>; 0 for any number.</summary>
        public readonly int PerWindow = rule.PerWindow ?? 0;
        public readonly long WindowMs = rule.WindowMs;

        /// <summary>What one identifier of the type adds to a group's counts.</summary>
        public readonly ulong One = slot < 0 ? 0 : 1UL << (8 * slot);
    }
}
