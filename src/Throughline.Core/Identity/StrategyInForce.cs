using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity.Types;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A strategy by the tenant's own codes of types, for the pass.</summary>
internal sealed class StrategyInForce
{
    private readonly NameTable names;
    private TypeEntry?[] byType = [];
    private Dictionary<string, int> places = [];
    private Dictionary<int, MatcherRule> matcher = [];

    /// <summary>Which events are evidence for which links.</summary>
    public ConditionsInForce Conditions { get; private set; } = null!;

    public StrategyInForce(NameTable names, Strategy strategy)
    {
        this.names = names;
        Set(strategy);
    }

    public Strategy Strategy { get; private set; } = null!;

    /// <summary>The tenant's types: what the strategy does not say of them.</summary>
    public IdentifierTypes Types { get; private set; } = IdentifierTypes.Default;

    /// <summary>Values of some type are valid for a time only.</summary>
    public bool HasValidity { get; private set; }

    // The strategy's own members, near at hand: every sighting reads them.
    public int SizeMax { get; private set; }
    public int MinEvidence { get; private set; }
    public bool NewestFirst { get; private set; }

    /// <summary>The most that each byte of a group's counts may be.</summary>
    public byte[] Maxima { get; private set; } = [];

    /// <summary>Which bytes of a group's counts are of types whose values may be the same person's: a bit each.</summary>
    public int SameSlots { get; private set; }

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
        SameSlots = strategy
            .Types.Where(rule => rule.Max is not null)
            .Select((rule, slot) => rule.SameIf is null ? 0 : 1 << slot)
            .Sum();
        Conditions = new(names, strategy.Conditions ?? []);
        matcher = (strategy.Matcher ?? []).ToDictionary(rule => rule.Tier);
        HasWindows = strategy.Types.Append(strategy.Others).Any(rule => rule.PerWindow is not null);
    }

    public void Set(IdentifierTypes types)
    {
        Types = types;
        HasValidity = types.Types.Any(rule => rule.ValidForMs is not null);
        byType = [];
    }

    public TypeEntry Of(int type)
    {
        TypeEntry?[] known = byType;
        return (uint)type < (uint)known.Length && known[type] is { } entry ? entry : Add(type);
    }

    /// <summary>The tier at which a link of a stated tier has its turn.</summary>
    public int TierOfStated(int stated) =>
        matcher.TryGetValue(stated, out MatcherRule? rule) ? rule.At ?? stated : stated;

    /// <summary>A matcher's statement is evidence.</summary>
    public bool Admits(in EventRecord statement) =>
        matcher.TryGetValue((int)(statement.Number(EventField.Status) ?? 0), out MatcherRule? rule)
        && statement.Number(EventField.Score) >= rule.ScorePpmMin
        && rule.Sources?.Contains(statement.Text(EventField.Host), StringComparer.Ordinal) != false
        && rule.Models?.Contains(statement.Text(EventField.Kind), StringComparer.Ordinal) != false;

    /// <summary>Another strategy takes the same statements of matchers, and the same events, for evidence.</summary>
    public (bool Statements, bool Events) AdmitsLike(Strategy other)
    {
        (string matcher, string conditions) = StrategyJson.AdmissionOf(Strategy);
        (string otherMatcher, string otherConditions) = StrategyJson.AdmissionOf(other);
        return (matcher == otherMatcher, conditions == otherConditions);
    }

    /// <summary>Negative if events prefer the first type's identifier for an owner, 0 if the strategy has no say.</summary>
    public int CompareOwners(int x, int y) => Of(x).Place.CompareTo(Of(y).Place);

    public bool IsPerson(int type) => Of(type).IsPerson;

    /// <summary>A value of this type with so many candidate links to persons, and to any identifiers, tells of nobody.</summary>
    public bool IsShared(int type, int persons, int degree) => Of(type).IsShared(persons, degree);

    private TypeEntry Add(int type)
    {
        if (type >= byType.Length)
            Array.Resize(ref byType, type + 1);
        return byType[type] = Compile(type);
    }

    private TypeEntry Compile(int type)
    {
        IdentifierTypeRule? configured = Types.Find(names.Text(type));
        int valid = configured?.ValidForMs is { } ms ? BucketsOf(ms) : int.MaxValue;
        if (!places.TryGetValue(names.Text(type), out int place))
        {
            TypeRule others = configured?.Class is { } own ? Strategy.Others with { Class = own } : Strategy.Others;
            int after = configured?.Priority is { } priority ? Strategy.Types.Count + priority : int.MaxValue;
            return new(others, after, slot: -1, valid);
        }
        TypeRule rule = Strategy.Types[place];
        int slot = rule.Max is null ? -1 : Strategy.Types.Take(place).Count(other => other.Max is not null);
        return new(rule, place, slot, valid);
    }

    private static int BucketsOf(long ms) => (int)Math.Min(ms / VerdictPolicy.BucketMs, int.MaxValue - 1);

    /// <summary>A type's rule, its numbers near at hand.</summary>
    /// <param name="place">In the order of owners.</param>
    /// <param name="slot">Which byte of a group's counts has the number of its identifiers; -1 if nobody limits it.</param>
    /// <param name="validBuckets">How many buckets after its first sighting a value still links.</param>
    internal sealed class TypeEntry(TypeRule rule, int place, int slot, int validBuckets)
    {
        public readonly int ValidBuckets = validBuckets;
        public readonly int Tier = rule.Tier;
        public readonly int Place = place;
        public readonly int SharedMax = rule.SharedMax ?? int.MaxValue;
        public readonly int DegreeMax = rule.DegreeMax ?? int.MaxValue;
        public readonly TypeClass Class = rule.Class;
        public readonly bool IsPerson = rule.Class == TypeClass.Person;

        /// <summary>When two values may be the same person's; null: never.</summary>
        public readonly SharedValues? SameIf = rule.SameIf;

        /// <summary>At most so many within <see cref="WindowMs"/>; 0 for any number.</summary>
        public readonly int PerWindow = rule.PerWindow ?? 0;
        public readonly long WindowMs = rule.WindowMs;

        /// <summary>What one identifier of the type adds to a group's counts.</summary>
        public readonly ulong One = slot < 0 ? 0 : 1UL << (8 * slot);

        /// <inheritdoc cref="StrategyInForce.IsShared"/>
        public bool IsShared(int persons, int degree) => persons > SharedMax || degree > DegreeMax;
    }
}
